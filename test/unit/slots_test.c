// SPDX-License-Identifier: MIT
/*
 * The slots of the io_uring engine: that a tag finds the source it was made for as long as this has
 * its slot, and nothing behind that, whoever has the descriptor's number by then; and that input
 * which came late is given up with its slot.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "engine/slots.h"

static struct source source_at(int fd)
{
    return (struct source){.fd = fd, .kind = SOURCE_CONNECTION};
}

static uint64_t tag_of(const struct slot_table *table, const struct source *source)
{
    return tag_make(TAG_RECV, slots_of(table, source)->generation, (uint32_t)source->fd);
}

static void keep_late(const struct slot_table *table, const struct source *source)
{
    struct late_input *late = malloc(sizeof *late + 1);
    assert_non_null(late);
    late->length = 1;
    slots_of(table, source)->late = late; /* the leak checker sees whether it is freed */
}

static void test_a_tag_has_its_parts(void **state)
{
    const uint32_t slots[] = {0, 1, 65536, INT32_MAX, UINT32_MAX};
    const uint32_t generations[] = {0, 1, 0x800000, GENERATION_MASK};
    (void)state;
    for (int kind = TAG_NOTHING; kind <= TAG_FAILED; kind++) {
        for (size_t i = 0; i < (size_t)5 * 4; i++) {
            uint64_t tag = tag_make((enum tag_kind)kind, generations[i % 4], slots[i / 4]);
            assert_int_equal(tag_kind(tag), kind);
            assert_int_equal(tag_generation(tag), generations[i % 4]);
            assert_int_equal(tag_slot(tag), slots[i / 4]);
        }
    }
    assert_int_equal(tag_make(TAG_NOTHING, 0, 0), 0);
}

/* A generation that is too large does not run into the kind. */
static void test_a_generation_is_cut(void **state)
{
    uint64_t tag = tag_make(TAG_RECV, GENERATION_MASK + 2U, 7);
    (void)state;
    assert_int_equal(tag_kind(tag), TAG_RECV);
    assert_int_equal(tag_generation(tag), 1);
    assert_int_equal(tag_slot(tag), 7);
}

static void test_a_tag_finds_its_source(void **state)
{
    struct slot_table table = {0};
    struct source first = source_at(3), second = source_at(4);
    (void)state;
    assert_int_equal(slots_take(&table, &first), 0);
    assert_int_equal(slots_take(&table, &second), 0);
    assert_ptr_equal(slots_find(&table, tag_of(&table, &first)), &first);
    assert_ptr_equal(slots_find(&table, tag_of(&table, &second)), &second);
    slots_fini(&table);
    assert_null(table.entries);
    assert_int_equal(table.capacity, 0);
}

static void test_a_forgotten_source_is_not_found(void **state)
{
    struct slot_table table = {0};
    struct source source = source_at(5);
    (void)state;
    assert_int_equal(slots_take(&table, &source), 0);
    uint64_t tag = tag_of(&table, &source);
    keep_late(&table, &source);
    slots_forget(&table, &source);
    assert_null(slots_find(&table, tag));
    assert_null(slots_of(&table, &source)->late);
    slots_fini(&table);
}

/* The number is used again: before its first source is forgotten, or after. */
static void test_the_number_of_another(void **state)
{
    (void)state;
    for (int forgotten = 0; forgotten < 2; forgotten++) {
        struct slot_table table = {0};
        struct source former = source_at(6), next = source_at(6);
        assert_int_equal(slots_take(&table, &former), 0);
        uint64_t tag = tag_of(&table, &former);
        keep_late(&table, &former);
        slots_of(&table, &former)->sent_epoch = 9;
        if (forgotten)
            slots_forget(&table, &former);
        assert_int_equal(slots_take(&table, &next), 0);
        assert_null(slots_find(&table, tag));
        assert_null(slots_of(&table, &next)->late);
        assert_int_equal(slots_of(&table, &next)->sent_epoch, 0);
        keep_late(&table, &next);
        slots_forget(&table, &former); /* it has nothing to give up any more */
        assert_ptr_equal(slots_find(&table, tag_of(&table, &next)), &next);
        assert_non_null(slots_of(&table, &next)->late);
        slots_fini(&table);
    }
}

/* After the last generation comes the first, and none runs into the kind of a tag. */
static void test_generations_begin_again(void **state)
{
    struct slot_table table = {0};
    struct source source = source_at(0);
    (void)state;
    assert_int_equal(slots_take(&table, &source), 0);
    slots_of(&table, &source)->generation = GENERATION_MASK;
    uint64_t last = tag_of(&table, &source);
    assert_ptr_equal(slots_find(&table, last), &source);
    assert_int_equal(slots_take(&table, &source), 0);
    assert_int_equal(slots_of(&table, &source)->generation, 0);
    assert_null(slots_find(&table, last));
    assert_ptr_equal(slots_find(&table, tag_of(&table, &source)), &source);
    slots_fini(&table);
}

/* What was taken before stays, and what nobody took is empty. */
static void test_the_table_grows(void **state)
{
    const int descriptors[] = {0, 63, 64, 1000, 40000};
    struct slot_table table = {0};
    struct source sources[5];
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        sources[i] = source_at(descriptors[i]);
        assert_int_equal(slots_take(&table, &sources[i]), 0);
        keep_late(&table, &sources[i]);
        for (size_t j = 0; j <= i; j++)
            assert_ptr_equal(slots_find(&table, tag_of(&table, &sources[j])), &sources[j]);
    }
    size_t taken = 0;
    for (size_t i = 0; i < table.capacity; i++)
        taken += table.entries[i].source || table.entries[i].late || table.entries[i].generation;
    assert_int_equal(taken, 5);
    slots_fini(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tag_has_its_parts),
        cmocka_unit_test(test_a_generation_is_cut),
        cmocka_unit_test(test_a_tag_finds_its_source),
        cmocka_unit_test(test_a_forgotten_source_is_not_found),
        cmocka_unit_test(test_the_number_of_another),
        cmocka_unit_test(test_generations_begin_again),
        cmocka_unit_test(test_the_table_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
