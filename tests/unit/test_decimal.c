/* Exact decimals: reading, rounding, writing. */
#include "tests/check.h"

#include "engine.h"

static void parses(const char *source, fix_result result, const char *value)
{
    wide v = -7;
    char b[FIX_TEXT];
    if (!CHECK_EQ(fix_parse(source, &v), result) || !CHECK_TEXT(fix_text(b, v), value))
        fprintf(stderr, "    source '%s'\n", source);
}

TEST(a_plain_decimal_is_read_as_it_stands)
{
    parses("0", FIX_OK, "0");
    parses("12", FIX_OK, "12");
    parses("-0.5", FIX_OK, "-0.5");
    parses("+3.25", FIX_OK, "3.25");
    parses(".5", FIX_OK, "0.5");
    parses("5.", FIX_OK, "5");
    parses("0012.500", FIX_OK, "12.5");
    parses("0.000000000001", FIX_OK, "0.000000000001");
    parses("-0", FIX_OK, "0");
    parses("123456789012345.123456789012", FIX_OK, "123456789012345.123456789012");
}

TEST(an_exponent_moves_the_point)
{
    parses("1.5e-05", FIX_OK, "0.000015");
    parses("1.5E3", FIX_OK, "1500");
    parses("2e+2", FIX_OK, "200");
    parses("0e99999", FIX_OK, "0");
    parses("0e-99999", FIX_OK, "0");
    parses("1e15", FIX_OK, "1000000000000000");
    parses("123456e-3", FIX_OK, "123.456");
    parses("0.000000000000000000000001e24", FIX_OK, "1");
}

TEST(digits_past_the_twelfth_place_are_rounded_half_to_even)
{
    parses("0.0000000000005", FIX_ROUNDED, "0");
    parses("0.0000000000015", FIX_ROUNDED, "0.000000000002");
    parses("0.0000000000025", FIX_ROUNDED, "0.000000000002");
    parses("0.00000000000250000000000000000000000000000000000000000001", FIX_ROUNDED,
           "0.000000000003");
    parses("0.0000000000024999999999999999999999999999999999999999999999", FIX_ROUNDED,
           "0.000000000002");
    parses("-0.0000000000015", FIX_ROUNDED, "-0.000000000002");
    parses("0.9999999999999", FIX_ROUNDED, "1");
    parses("1e-13", FIX_ROUNDED, "0");
    parses("6e-13", FIX_ROUNDED, "0.000000000001");
    parses("1e-9999999999", FIX_ROUNDED, "0");
    parses("0.1234567890120", FIX_OK, "0.123456789012"); /* a zero is no loss */
    parses("12345678901234.1234567890125", FIX_ROUNDED, "12345678901234.123456789012");
}

TEST(too_large_numbers_are_refused)
{
    parses("1000000000000000", FIX_OK, "1000000000000000");
    parses("1000000000000000.000000000001", FIX_TOO_LARGE, "0");
    parses("-1000000000000001", FIX_TOO_LARGE, "0");
    parses("1e16", FIX_TOO_LARGE, "0");
    parses("1e99999999999999", FIX_TOO_LARGE, "0");
    parses("99999999999999999999999999999999999999999999999999", FIX_TOO_LARGE, "0");
}

TEST(what_is_no_number_is_called_so)
{
    static const char *const junk[] = {"",
                                       " ",
                                       "1 ",
                                       " 1",
                                       "abc",
                                       "1,5",
                                       "1.2.3",
                                       "--1",
                                       "+-1",
                                       "e5",
                                       ".",
                                       "-",
                                       "1e",
                                       "1e+",
                                       "0x10",
                                       "1_000",
                                       "1e5.5",
                                       "1\xC2\xA0",
                                       ("\xE2\x88\x92"
                                        "1"),
                                       "infinit",
                                       "nan1"};
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        parses(junk[i], FIX_NOT_A_NUMBER, "0");
}

TEST(infinities_and_nan_are_called_not_finite)
{
    static const char *const odd[] = {"inf", "-inf", "+Inf", "INFINITY", "nan", "NaN", "-nan"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) parses(odd[i], FIX_NOT_FINITE, "0");
}

TEST(text_of_a_number_is_the_shortest_exact_one)
{
    char b[64];
    CHECK_TEXT(wide_text(b, 0, 0), "0");
    CHECK_TEXT(wide_text(b, 0, 12), "0");
    CHECK_TEXT(wide_text(b, 1, 12), "0.000000000001");
    CHECK_TEXT(wide_text(b, -1500, 3), "-1.5");
    CHECK_TEXT(wide_text(b, 1000, 3), "1");
    CHECK_TEXT(wide_text(b, 1000, 0), "1000");
    const wide largest = (wide)(((__extension__(unsigned __int128) 1) << 127) - 1);
    CHECK_TEXT(wide_text(b, largest, 0), "170141183460469231731687303715884105727");
    CHECK_TEXT(wide_text(b, -largest - 1, 0), "-170141183460469231731687303715884105728");
    CHECK_TEXT(wide_text(b, largest, 30), "170141183.460469231731687303715884105727");
}

TEST(written_numbers_are_read_back_unchanged)
{
    draw d = {7};
    for (int i = 0; i < 20000; i++) {
        const int places = (int)draw_int(&d, 0, 30);
        wide v = (wide)(int64_t)draw_bits(&d), back = 0;
        if (draw_chance(&d, 50)) v *= (wide)(draw_bits(&d) >> 8);
        if (draw_chance(&d, 30)) v = v / 1000000 * 1000000;
        char b[64];
        wide_text(b, v, places);
        if (!CHECK(wide_parse(b, places, &back)) || !CHECK(back == v)) {
            fprintf(stderr, "    '%s' with %d places, number %d\n", b, places, i);
            return;
        }
    }
}

TEST(fix_text_is_read_back_by_fix_parse)
{
    draw d = {8};
    for (int i = 0; i < 20000; i++) {
        const wide v = (wide)draw_int(&d, -1000000000000000, 1000000000000000) *
                       (draw_chance(&d, 50) ? 1 : draw_int(&d, 1, 999999999999));
        char b[FIX_TEXT];
        wide back = 0;
        if (!CHECK_EQ(fix_parse(fix_text(b, v), &back), FIX_OK) || !CHECK(back == v)) return;
    }
}

TEST(more_places_than_there_are_or_junk_is_not_parsed)
{
    wide v = 42;
    CHECK(!wide_parse("", 3, &v));
    CHECK(!wide_parse("-", 3, &v));
    CHECK(!wide_parse(".", 3, &v));
    CHECK(!wide_parse("1.2345", 3, &v));
    CHECK(!wide_parse("1.2.3", 3, &v));
    CHECK(!wide_parse("1e3", 3, &v));
    CHECK(!wide_parse("+1", 3, &v));
    CHECK(!wide_parse(" 1", 3, &v));
    CHECK(!wide_parse("170141183460469231731687303715884105728", 0, &v));
    CHECK(!wide_parse("17014118346046923173168730371588410573", 3, &v));
    CHECK(wide_parse("1.234", 3, &v) && v == 1234);
    CHECK(wide_parse("-7", 3, &v) && v == -7000);
}

TEST(powers_of_ten_are_exact)
{
    CHECK(wide_pow10(0) == 1);
    CHECK(wide_pow10(12) == FIX_ONE);
    CHECK(wide_pow10(36) / wide_pow10(24) == FIX_ONE);
    CHECK_NEAR(fix_double(3 * FIX_ONE / 2), 1.5, 0.0);
    CHECK_NEAR(fix_double(-FIX_ONE / 10), -0.1, 0.0);
}

int main(void)
{
    RUN(a_plain_decimal_is_read_as_it_stands);
    RUN(an_exponent_moves_the_point);
    RUN(digits_past_the_twelfth_place_are_rounded_half_to_even);
    RUN(too_large_numbers_are_refused);
    RUN(what_is_no_number_is_called_so);
    RUN(infinities_and_nan_are_called_not_finite);
    RUN(text_of_a_number_is_the_shortest_exact_one);
    RUN(written_numbers_are_read_back_unchanged);
    RUN(fix_text_is_read_back_by_fix_parse);
    RUN(more_places_than_there_are_or_junk_is_not_parsed);
    RUN(powers_of_ten_are_exact);
    return check_result();
}
