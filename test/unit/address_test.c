// SPDX-License-Identifier: MIT
/*
 * Addresses: what people write, taken apart or refused with advice; the resolved lists; and the
 * text of the kernel's addresses. The resolver of the machine is not asked for anything that needs
 * a network.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/address.h"

static char why[256];

static int parse(const char *where, struct address_name *out)
{
    why[0] = '\0';
    return address_parse(where, why, sizeof why, out);
}

static void test_hosts_and_ports(void **state)
{
    (void)state;
    static const struct {
        const char *where, *host;
        unsigned port;
        bool is_v6;
    } cases[] = {
        {"localhost:8081", "localhost", 8081, false},   {":0", "", 0, false},
        {"127.0.0.1:65535", "127.0.0.1", 65535, false}, {"[::1]:80", "::1", 80, true},
        {"[fe80::1%lo]:080", "fe80::1%lo", 80, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address_name name;
        assert_int_equal(parse(cases[i].where, &name), 0);
        assert_int_equal(name.kind, ADDRESS_INET);
        assert_string_equal(name.host, cases[i].host);
        assert_int_equal(name.port, cases[i].port);
        assert_int_equal(name.is_v6, cases[i].is_v6);
    }
}

static void test_paths_and_descriptors(void **state)
{
    (void)state;
    struct address_name name;
    assert_int_equal(parse("unix:/tmp/a:b", &name), 0);
    assert_int_equal(name.kind, ADDRESS_UNIX);
    assert_string_equal(name.path, "/tmp/a:b");
    assert_int_equal(parse("fd:17", &name), 0);
    assert_int_equal(name.kind, ADDRESS_DESCRIPTOR);
    assert_int_equal(name.fd, 17);
}

/* Each refusal names what was written, or the part that is wrong, and what to do about it. */
static void test_refusals_advise(void **state)
{
    (void)state;
    static const struct {
        const char *where, *part;
    } cases[] = {
        {"8081", "write \":8081\""},
        {"example", "write \"example:8081\""},
        {"", "has no port"},
        {"localhost:99999", "port 99999 is not between 0 and 65535"},
        {"localhost:", "port \"\" is not between 0 and 65535"},
        {"localhost:-1", "port -1 is not"},
        {"localhost:80a", "port 80a is not"},
        {"localhost: 80", "port  80 is not"},
        {":99999999999999999999999", "is not between 0 and 65535"},
        {"::1:80", "in brackets"},
        {"[::1]", "in brackets"},
        {"[::1", "in brackets"},
        {"[]:80", "in brackets"},
        {"[localhost]:80", "in brackets"},
        {"[127.0.0.1]:80", "in brackets"},
        {"http://localhost:80", "is a URL"},
        {"unix:", "unix:/path"},
        {"unix:@name", "abstract"},
        {"fd:", "fd:3"},
        {"fd:-1", "fd:3"},
        {"fd:99999999999", "fd:3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address_name name;
        assert_int_equal(parse(cases[i].where, &name), -EINVAL);
        if (strstr(why, cases[i].part) == NULL)
            fail_msg("%s: %s", cases[i].where, why);
    }
}

static void test_lengths_at_their_limits(void **state)
{
    (void)state;
    struct address_name name;
    char text[512] = "unix:";
    size_t most = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
    memset(text + 5, 'p', most);
    assert_int_equal(parse(text, &name), 0);
    text[5 + most] = 'p';
    assert_int_equal(parse(text, &name), -EINVAL);
    assert_non_null(strstr(why, "longer than"));

    memset(text, 'h', sizeof text);
    memcpy(text + ADDRESS_HOST_MAX - 1, ":80", sizeof ":80");
    assert_int_equal(parse(text, &name), 0);
    assert_int_equal(strlen(name.host), ADDRESS_HOST_MAX - 1);
    memcpy(text + ADDRESS_HOST_MAX - 1, "h:80", sizeof "h:80");
    assert_int_equal(parse(text, &name), -EINVAL);
}

static void test_a_long_refusal_is_cut(void **state)
{
    (void)state;
    char small[8] = "xxxxxxx";
    struct address_name name;
    assert_int_equal(address_parse("nowhere", small, 5, &name), -EINVAL);
    assert_string_equal(small, "addr");
    assert_int_equal(small[5], 'x');
}

/* Resolves `where` and writes the URLs with a blank behind each. */
static const char *resolve(const char *where)
{
    static char urls[ADDRESS_COUNT_MAX * ADDRESS_URL_MAX];
    struct address_name name;
    struct address_list list;
    assert_int_equal(parse(where, &name), 0);
    assert_int_equal(address_resolve(&name, why, sizeof why, &list), 0);
    urls[0] = '\0';
    for (size_t i = 0; i < list.count; i++) {
        char url[ADDRESS_URL_MAX];
        int length = address_url(&list.items[i].storage, list.items[i].length, url, sizeof url);
        assert_int_equal(length, strlen(url));
        sprintf(urls + strlen(urls), "%s ", url);
    }
    return urls;
}

static void test_resolved_names(void **state)
{
    (void)state;
    assert_string_equal(resolve("localhost:80"), "http://127.0.0.1:80 http://[::1]:80 ");
    assert_string_equal(resolve("LocalHost:80"), "http://127.0.0.1:80 http://[::1]:80 ");
    assert_string_equal(resolve(":0"), "http://0.0.0.0:0 http://[::]:0 ");
    assert_string_equal(resolve("192.0.2.1:8081"), "http://192.0.2.1:8081 ");
    assert_string_equal(resolve("[2001:db8::1]:8081"), "http://[2001:db8::1]:8081 ");
}

static void test_a_name_in_brackets_is_no_host(void **state)
{
    (void)state;
    struct address_name name;
    struct address_list list = {.count = 77};
    assert_int_equal(parse("[exa:mple]:80", &name), 0);
    assert_int_equal(address_resolve(&name, why, sizeof why, &list), -EADDRNOTAVAIL);
    assert_non_null(strstr(why, "\"exa:mple\""));
    assert_int_equal(list.count, 77);
}

static struct sockaddr_storage v6_address(const char *text)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&storage;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(4711);
    assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
    return storage;
}

static void test_peers_as_text(void **state)
{
    (void)state;
    char text[64];
    struct sockaddr_storage address = v6_address("2001:db8::1");
    assert_int_equal(address_format(&address, sizeof address, text, sizeof text), 18);
    assert_string_equal(text, "[2001:db8::1]:4711");
    address = v6_address("::ffff:192.0.2.1");
    assert_int_equal(address_format(&address, sizeof address, text, 15), 14);
    assert_string_equal(text, "192.0.2.1:4711");
    snprintf(text, sizeof text, "untouched");
    assert_int_equal(address_format(&address, sizeof address, text, 14), -ENOSPC);
    assert_int_equal(address_format(&address, 0, text, sizeof text), -EAFNOSUPPORT);
    address.ss_family = AF_UNSPEC;
    assert_int_equal(address_format(&address, sizeof address, text, 14), -EAFNOSUPPORT);
    assert_string_equal(text, "untouched");
    address.ss_family = AF_UNIX;
    assert_int_equal(address_format(&address, sizeof address.ss_family, text, sizeof text), 5);
    assert_string_equal(text, "unix:");
}

/* The socket address of a name that has one. */
static struct address address_of(const char *where)
{
    struct address_name name;
    struct address_list list;
    assert_int_equal(parse(where, &name), 0);
    assert_int_equal(address_resolve(&name, why, sizeof why, &list), 0);
    assert_int_equal(list.count, 1);
    return list.items[0];
}

static void test_addresses_that_overlap(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other;
        bool expected;
    } cases[] = {
        {"127.0.0.1:80", "127.0.0.1:80", true},  {"127.0.0.1:80", "127.0.0.1:81", false},
        {"127.0.0.1:80", "127.0.0.2:80", false}, {"127.0.0.1:80", "0.0.0.0:80", true},
        {"127.0.0.1:80", "0.0.0.0:81", false},   {"127.0.0.1:80", "[::]:80", false},
        {"0.0.0.0:80", "[::]:80", false},        {"[::1]:80", "[::]:80", true},
        {"[::1]:80", "[::1]:80", true},          {"[::1]:80", "[::2]:80", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address one = address_of(cases[i].one), other = address_of(cases[i].other);
        assert_int_equal(addresses_overlap(&one, &other), cases[i].expected);
        assert_int_equal(addresses_overlap(&other, &one), cases[i].expected);
    }
}

static void test_longest_texts_fit(void **state)
{
    (void)state;
    char text[ADDRESS_URL_MAX];
    struct sockaddr_storage address = v6_address("2001:1111:2222:3333:4444:5555:6666:7777");
    address_set_port(&address, 65535);
    assert_int_equal(address_port(&address), 65535);
    assert_int_equal(address_format(&address, sizeof address, text, 64), 47);

    struct sockaddr_un local = {.sun_family = AF_UNIX};
    memset(local.sun_path, 'p', sizeof local.sun_path);
    memcpy(&address, &local, sizeof local);
    assert_int_equal(address_url(&address, sizeof local, text, sizeof text),
                     5 + sizeof local.sun_path);
    assert_int_equal(address_url(&address, sizeof local, text, 5 + sizeof local.sun_path), -ENOSPC);
}

static void test_unix_urls(void **state)
{
    (void)state;
    char text[ADDRESS_URL_MAX];
    struct sockaddr_storage address;
    memcpy(&address, &(struct sockaddr_un){AF_UNIX, "/tmp/a"}, sizeof(struct sockaddr_un));
    assert_int_equal(address_url(&address, sizeof(struct sockaddr_un), text, sizeof text), 11);
    assert_string_equal(text, "unix:/tmp/a");
    memcpy(&address, &(struct sockaddr_un){AF_UNIX, "\0name"}, sizeof(struct sockaddr_un));
    assert_int_equal(address_url(&address, sizeof(sa_family_t) + 5, text, sizeof text), 10);
    assert_string_equal(text, "unix:@name");
    assert_int_equal(address_url(&address, 0, text, sizeof text), -EAFNOSUPPORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts_and_ports),
        cmocka_unit_test(test_paths_and_descriptors),
        cmocka_unit_test(test_refusals_advise),
        cmocka_unit_test(test_lengths_at_their_limits),
        cmocka_unit_test(test_a_long_refusal_is_cut),
        cmocka_unit_test(test_resolved_names),
        cmocka_unit_test(test_a_name_in_brackets_is_no_host),
        cmocka_unit_test(test_peers_as_text),
        cmocka_unit_test(test_addresses_that_overlap),
        cmocka_unit_test(test_longest_texts_fit),
        cmocka_unit_test(test_unix_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
