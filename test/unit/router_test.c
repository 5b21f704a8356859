// SPDX-License-Identifier: MIT
/*
 * The router: which pattern wins for which request, what its names are given, which patterns
 * conflict, and which are refused. The cases follow the rules of Go's ServeMux; a route's data is
 * the pattern itself, so that a look-up tells which one was found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/router.h"

static void handle(struct selkie_request *request, void *data)
{
    (void)request;
    (void)data;
}

static int add(struct router *router, const char *pattern)
{
    const char *why = NULL;
    struct route_target target = {.handler = handle, .data = (void *)(uintptr_t)pattern};
    int error = router_add(router, pattern, &target, &why);
    if (error < 0) {
        assert_non_null(why);
        assert_non_null(strstr(why, pattern));
    }
    return error;
}

static struct router *router_of(const char *const *patterns)
{
    struct router *router = router_new();
    assert_non_null(router);
    for (; *patterns != NULL; patterns++)
        assert_int_equal(add(router, *patterns), 0);
    return router;
}

/* Looks "METHOD /path" up, in memory that ends where the path does, for valgrind and ASan to see a
 * read behind it. Returns the pattern found, "404" or "405", and the parameters as "a|b" in
 * `params`. */
static const char *find(const struct router *router, const char *request, char *params)
{
    size_t method = strcspn(request, " ");
    size_t length = strlen(request + method + 1);
    char *path = malloc(length + 1);
    char *end = memcpy(path + 1, request + method + 1, length);
    struct route_match match = {.route = NULL};
    int error =
        router_find(router, (struct span){request, method}, (struct span){end, length}, &match);
    params[0] = '\0';
    if (error < 0)
        assert_null(match.route);
    for (size_t i = 0; error == 0 && i < route_param_count(match.route); i++)
        sprintf(params + strlen(params), "%s%.*s", i > 0 ? "|" : "", (int)match.params[i].length,
                match.params[i].at);
    free(path);
    if (error == 0)
        return match.route->target.data;
    assert_true(error == -ENOENT || error == -ENOTSUP);
    return error == -ENOENT ? "404" : "405";
}

struct expectation {
    const char *request, *pattern, *params;
};

static void expect_all(const struct router *router, const struct expectation *expected)
{
    char params[512];
    for (; expected->request != NULL; expected++) {
        const char *found = find(router, expected->request, params);
        if (strcmp(found, expected->pattern) != 0 || strcmp(params, expected->params) != 0)
            fail_msg("%s: found %s (%s), not %s (%s)", expected->request, found, params,
                     expected->pattern, expected->params);
    }
}

static void test_one_route_for_all(void **state)
{
    (void)state;
    struct router *router = router_of((const char *[]){"/", NULL});
    expect_all(router, (struct expectation[]){{"GET /", "/", ""},
                                              {"GET ", "/", ""},
                                              {"BREW /a/b//c%zz", "/", ""},
                                              {"GET x", "404", ""},
                                              {0}});
    assert_false(router_knows_method(router, SPAN("GET")));
    router_free(router);
}

static void test_an_empty_router(void **state)
{
    (void)state;
    struct router *router = router_of((const char *[]){NULL});
    expect_all(router, (struct expectation[]){{"GET /", "404", ""}, {"GET /a", "404", ""}, {0}});
    router_free(router);
    router_free(NULL);
}

static void test_the_most_specific_wins(void **state)
{
    (void)state;
    struct router *router =
        router_of((const char *[]){"/", "/items/{id}", "/items/all", "/items/", "/items/{$}",
                                   "/files/{path...}", "/b/{bucket}/o/{name...}", NULL});
    expect_all(router,
               (struct expectation[]){{"GET /", "/", ""},
                                      {"GET /items", "/", ""},
                                      {"GET /items/", "/items/{$}", ""},
                                      {"GET /items/all", "/items/all", ""},
                                      {"GET /items/allx", "/items/{id}", "allx"},
                                      {"GET /items/al", "/items/{id}", "al"},
                                      {"GET /items/7", "/items/{id}", "7"},
                                      {"GET /items/7/", "/items/", ""},
                                      {"GET /items//", "/items/", ""},
                                      {"GET /files", "/", ""},
                                      {"GET /files/", "/files/{path...}", ""},
                                      {"GET /files/a//b/", "/files/{path...}", "a//b/"},
                                      {"GET /b/k/o/x/y", "/b/{bucket}/o/{name...}", "k|x/y"},
                                      {"GET /b//o/x", "/", ""},
                                      {0}});
    router_free(router);
}

/* A literal that leads nowhere does not hide a wildcard beside it, nor leaves a parameter behind.
 */
static void test_look_up_turns_back(void **state)
{
    (void)state;
    struct router *router = router_of(
        (const char *[]){"/{a}/x/{b}", "/{a}/x/y", "/a/x/c", "/a/{b}/c/d", "/{a}/{b}/q/r", NULL});
    expect_all(router, (struct expectation[]){{"GET /q/x/y", "/{a}/x/y", "q"},
                                              {"GET /q/x/z", "/{a}/x/{b}", "q|z"},
                                              {"GET /a/x/c", "/a/x/c", ""},
                                              {"GET /a/x/d", "/{a}/x/{b}", "a|d"},
                                              {"GET /a/x/c/d", "/a/{b}/c/d", "x"},
                                              {"GET /a/x/q/r", "/{a}/{b}/q/r", "a|x"},
                                              {"GET /a/x", "404", ""},
                                              {0}});
    router_free(router);
}

static void test_nothing_is_cleaned_or_redirected(void **state)
{
    (void)state;
    struct router *router = router_of((const char *[]){"/a/b", "/tree/", "/c//d", NULL});
    expect_all(router, (struct expectation[]){{"GET /a/b", "/a/b", ""},
                                              {"GET /a//b", "404", ""},
                                              {"GET /a/b/", "404", ""},
                                              {"GET /a/./b", "404", ""},
                                              {"GET /A/b", "404", ""},
                                              {"GET /tree", "404", ""},
                                              {"GET /tree/", "/tree/", ""},
                                              {"GET /c//d", "/c//d", ""},
                                              {"GET /", "404", ""},
                                              {0}});
    router_free(router);
}

static void test_methods(void **state)
{
    (void)state;
    struct router *router =
        router_of((const char *[]){"GET /a", "POST /a", "HEAD /a", "GET /b", "/c", "DELETE\t /c",
                                   "GET /d/{x}", "POST /d/y", "PURGE /{any}/z", NULL});
    expect_all(router, (struct expectation[]){{"GET /a", "GET /a", ""},
                                              {"HEAD /a", "HEAD /a", ""},
                                              {"POST /a", "POST /a", ""},
                                              {"PUT /a", "405", ""},
                                              {"get /a", "405", ""},
                                              {"HEAD /b", "GET /b", ""},
                                              {"PUT /c", "/c", ""},
                                              {"DELETE /c", "DELETE\t /c", ""},
                                              {"GET /d/y", "GET /d/{x}", "y"},
                                              {"POST /d/y", "POST /d/y", ""},
                                              {"POST /d/z", "405", ""},
                                              {"PURGE /d/z", "PURGE /{any}/z", "d"},
                                              {"PUT /nowhere", "404", ""},
                                              {0}});
    assert_true(router_knows_method(router, SPAN("PURGE")));
    assert_true(router_knows_method(router, SPAN("HEAD")));
    assert_false(router_knows_method(router, SPAN("BREW")));
    assert_false(router_knows_method(router, SPAN("")));
    router_free(router);
}

static void test_allow(void **state)
{
    (void)state;
    struct router *router =
        router_of((const char *[]){"GET /d/{x}", "POST /d/y", "POST /e", "POSTS /d/y", "HEAD /d/y",
                                   "OPTIONS /own", "GET /own", NULL});
    char list[64];
    assert_int_equal(router_allow(router, SPAN("/d/y"), list, sizeof list), 31);
    assert_string_equal(list, "GET, HEAD, POST, POSTS, OPTIONS");
    assert_int_equal(router_allow(router, SPAN("/d/other"), list, sizeof list), 18);
    assert_string_equal(list, "GET, HEAD, OPTIONS");
    /* Each once, also where a route has OPTIONS itself. */
    assert_int_equal(router_allow(router, SPAN("/own"), list, sizeof list), 18);
    assert_string_equal(list, "GET, HEAD, OPTIONS");
    assert_int_equal(router_allow(router, SPAN("/nowhere"), list, sizeof list), 0);
    assert_string_equal(list, "");
    /* What does not fit is left out whole. */
    assert_int_equal(router_allow(router, SPAN("/d/y"), list, 15), 9);
    assert_string_equal(list, "GET, HEAD");
    assert_int_equal(router_allow(router, SPAN("/d/y"), list, 0), 0);
    router_free(router);
}

static void test_escapes(void **state)
{
    (void)state;
    struct router *router =
        router_of((const char *[]){"/a b", "/x%2Fy/{z}", "/100%25", "/q/{rest...}", NULL});
    expect_all(router, (struct expectation[]){{"GET /a%20b", "/a b", ""},
                                              {"GET /%61%20%62", "/a b", ""},
                                              {"GET /x%2fy/%41", "/x%2Fy/{z}", "%41"},
                                              {"GET /x/y/z", "404", ""},
                                              {"GET /100%25", "/100%25", ""},
                                              {"GET /100%2525", "404", ""},
                                              {"GET /100%", "/100%25", ""},
                                              {"GET /100%2", "404", ""},
                                              {"GET /a%20", "404", ""},
                                              {"GET /a%20b%20", "404", ""},
                                              {"GET /q/a%2Fb/c", "/q/{rest...}", "a%2Fb/c"},
                                              {0}});
    router_free(router);
}

static void test_params_by_name(void **state)
{
    (void)state;
    struct router *router = router_of((const char *[]){"/{one}/l/{two}/{three...}", NULL});
    struct route_match match;
    assert_int_equal(router_find(router, SPAN("GET"), SPAN("/a/l/b/c/d"), &match), 0);
    assert_int_equal(route_param(match.route, "one"), 0);
    assert_int_equal(route_param(match.route, "two"), 1);
    assert_int_equal(route_param(match.route, "three"), 2);
    assert_int_equal(route_param(match.route, "l"), -ENOENT);
    assert_int_equal(route_param(match.route, ""), -ENOENT);
    assert_true(span_equal(match.params[2], SPAN("c/d")));
    assert_ptr_equal(match.route->target.handler, handle);
    router_free(router);
}

static void test_names_up_to_the_limit(void **state)
{
    (void)state;
    static const char most[] = "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}";
    char more[sizeof most + 8];
    struct router *router = router_of((const char *[]){most, NULL});
    char params[512];
    assert_string_equal(find(router, "GET /1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", params), most);
    assert_string_equal(params, "1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16");
    snprintf(more, sizeof more, "%s/", most);
    assert_int_equal(add(router, more), 0);
    assert_string_equal(find(router, "GET /1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/z", params),
                        more);
    snprintf(more, sizeof more, "%s/{q}", most);
    assert_int_equal(add(router, more), -EINVAL);
    router_free(router);
}

static void assert_second_adds(const char *first, const char *second, int expected)
{
    struct router *router = router_of((const char *[]){first, NULL});
    int error = add(router, second);
    if (error != expected)
        fail_msg("%s after %s: %d", second, first, error);
    router_free(router);
}

static void test_conflicts(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other;
        int error;
    } cases[] = {
        {"/a", "/a", -EEXIST},
        {"/{x}", "/{y}", -EEXIST},
        {"/a/", "/a/{rest...}", -EEXIST},
        {"/a%62", "/ab", -EEXIST},
        {"/{x}/b", "/a/{y}", -EEXIST},
        {"/a/{x...}", "/{y}/b", -EEXIST},
        {"GET /", "/index.html", -EEXIST},
        {"HEAD /", "GET /a", -EEXIST},
        {"GET /a/{x}", "HEAD /{y}/b", -EEXIST},
        {"/{x}/{y}/c/", "/a/{z...}", -EEXIST},
        {"/a", "/b", 0},
        {"/a", "/a/", 0},
        {"/a", "/{x}", 0},
        {"/{x}", "/{$}", 0},
        {"/", "/{x...}", -EEXIST},
        {"/", "/{$}", 0},
        {"/a/{x}", "/a/", 0},
        {"/a/{x}/", "/a/{$}", 0},
        {"/{x}/b", "/{y}/c", 0},
        {"/{x}/b", "/a/{y}/", 0},
        {"GET /a", "POST /a", 0},
        {"GET /a", "/a", 0},
        {"GET /a", "HEAD /a", 0},
        {"GET /", "HEAD /a", 0},
        {"GET /{x}/b", "POST /a/{y}", 0},
        {"/", "GET /index.html", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_second_adds(cases[i].one, cases[i].other, cases[i].error);
        assert_second_adds(cases[i].other, cases[i].one, cases[i].error);
    }
}

static void test_a_refused_pattern_changes_nothing(void **state)
{
    (void)state;
    struct router *router = router_of((const char *[]){"/{x}/b", NULL});
    assert_int_equal(add(router, "/a/{y}"), -EEXIST);
    expect_all(router,
               (struct expectation[]){{"GET /a/b", "/{x}/b", "a"}, {"GET /a/c", "404", ""}, {0}});
    router_free(router);
}

static void test_bad_patterns(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "",      " /",     "GET",      "GET ",        "a.example/", "GET a.example/b",
        "G@T /", "/{",     "/{}",      "/}",          "/{a",        "/a{b}",
        "/{a}b", "/{a b}", "/{1a}",    "/{...}",      "/{a...}/b",  "/{a...}/",
        "/{$}/", "/{$}/a", "/{a}/{a}", "/{a}/{a...}", "/%",         "/%4",
        "/a%zz", "/{a..}", "/{$...}",  "GET  x /",    "/{a}{b}",    "/{-}",
    };
    struct router *router = router_new();
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        int error = add(router, patterns[i]);
        if (error != -EINVAL)
            fail_msg("%s: %d", patterns[i], error);
    }
    expect_all(router, (struct expectation[]){{"GET /", "404", ""}, {"GET /a", "404", ""}, {0}});
    router_free(router);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_route_for_all),
        cmocka_unit_test(test_an_empty_router),
        cmocka_unit_test(test_the_most_specific_wins),
        cmocka_unit_test(test_look_up_turns_back),
        cmocka_unit_test(test_nothing_is_cleaned_or_redirected),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_allow),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_params_by_name),
        cmocka_unit_test(test_names_up_to_the_limit),
        cmocka_unit_test(test_conflicts),
        cmocka_unit_test(test_a_refused_pattern_changes_nothing),
        cmocka_unit_test(test_bad_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
