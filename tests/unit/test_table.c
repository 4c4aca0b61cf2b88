/* The CSV reader: RFC 4180, UTF-8, gzip, and what it says about files that are none of these.
 */
#include "tests/check.h"

#include "table.h"

#include <zlib.h>

static check_log log_now;
static steppe_ctx ctx_now;
static const char *const path_now = TEST_TMP "table.csv";

static table *read_bytes(const char *bytes, size_t len, steppe_status expected)
{
    memset(&ctx_now, 0, sizeof ctx_now);
    ctx_now.set = check_settings(&log_now, 1);
    check_make_folder(TEST_TMP);
    check_write_bytes(path_now, bytes, len);
    table *t = NULL;
    CHECK_EQ(table_read(&ctx_now, path_now, "table", &t), expected);
    CHECK((t != NULL) == (expected == STEPPE_OK));
    return t;
}

static table *read_text(const char *source)
{
    return read_bytes(source, strlen(source), STEPPE_OK);
}

/* Exactly this fault, as `file:rest`. */
static void one_fault(const char *rest)
{
    char want[512];
    snprintf(want, sizeof want, "%s:%s", path_now, rest);
    CHECK_EQ(log_now.faults, 1);
    CHECK_EQ(ctx_now.faults, 1);
    if (log_now.lines > 0) CHECK_TEXT(log_now.line[0], want);
}

static void cell_is(const table *t, int64_t row, int col, const char *expected)
{
    CHECK_TEXT(table_cell(t, row, col), expected);
}

TEST(plain_rows_become_cells)
{
    table *t = read_text("a,b,c\n1,,3\nx,y,z\n");
    CHECK_EQ(t->cols, 3);
    CHECK_EQ(t->rows, 2);
    CHECK_TEXT(t->head[1], "b");
    cell_is(t, 0, 1, "");
    cell_is(t, 0, 2, "3");
    cell_is(t, 1, 0, "x");
    CHECK_EQ(table_row_number(t, 0), 2);
    CHECK_EQ(table_row_number(t, 1), 3);
    CHECK_EQ(table_column(t, "c"), 2);
    CHECK_EQ(table_column(t, "C"), -1);
    CHECK_TEXT(table_cell(t, 0, -1), "");
    CHECK_EQ(ctx_now.faults, 0);
    table_free(t);
}

TEST(quoted_cells_keep_commas_quotes_and_newlines)
{
    table *t = read_text("\"a\",b\n\"x, \"\"y\"\"\",\"line one\nline two\"\n\"\",\"\r\n\"\n");
    CHECK_EQ(t->rows, 2);
    CHECK_TEXT(t->head[0], "a");
    cell_is(t, 0, 0, "x, \"y\"");
    cell_is(t, 0, 1, "line one\nline two");
    cell_is(t, 1, 0, "");
    cell_is(t, 1, 1, "\r\n");
    CHECK_EQ(table_row_number(t, 1), 3); /* records, not lines */
    CHECK_EQ(ctx_now.faults, 0);
    table_free(t);
}

TEST(line_ends_marks_and_a_missing_last_newline_make_no_difference)
{
    static const char *const same[] = {"a,b\n1,2\n3,4\n",
                                       "a,b\r\n1,2\r\n3,4\r\n",
                                       "a,b\r1,2\r3,4",
                                       ("\xEF\xBB\xBF"
                                        "a,b\n1,2\n3,4"),
                                       "a,b\n\n1,2\n\n\n3,4\n\n",
                                       "\"a\",\"b\"\r\n\"1\",\"2\"\r\n\"3\",\"4\""};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        table *t = read_text(same[i]);
        if (!t) return;
        if (!CHECK_EQ(t->rows, 2) || !CHECK_EQ(t->cols, 2))
            fprintf(stderr, "    text %zu\n", i);
        CHECK_TEXT(t->head[0], "a");
        CHECK_TEXT(t->head[1], "b");
        cell_is(t, 0, 1, "2");
        cell_is(t, 1, 0, "3");
        cell_is(t, 1, 1, "4");
        CHECK_EQ(ctx_now.faults, 0);
        table_free(t);
    }
}

TEST(empty_last_cells_are_cells)
{
    table *t = read_text("a,b,c\n1,,\n,,");
    CHECK_EQ(t->rows, 2);
    cell_is(t, 0, 2, "");
    cell_is(t, 1, 0, "");
    CHECK_EQ(ctx_now.faults, 0);
    table_free(t);
}

TEST(a_header_alone_is_a_table_without_rows)
{
    table *t = read_text("a,b");
    CHECK_EQ(t->rows, 0);
    CHECK_EQ(t->cols, 2);
    table_free(t);
}

TEST(text_beyond_ascii_stays_as_it_is)
{
    table *t = read_text("name\nÖskemen\nҚазақстан\n上海\n\xF0\x9F\x9A\xA2\n");
    CHECK_EQ(t->rows, 4);
    cell_is(t, 1, 0, "Қазақстан");
    cell_is(t, 3, 0, "\xF0\x9F\x9A\xA2");
    table_free(t);
}

TEST(a_short_row_is_a_fault_and_filled)
{
    table *t = read_text("a,b,c\n1,2\n4,5,6\n");
    one_fault("2:2: found 2 cells, expected 3 as in the header");
    CHECK_EQ(t->rows, 2);
    cell_is(t, 0, 2, "");
    cell_is(t, 1, 2, "6");
    table_free(t);
}

TEST(a_long_row_is_a_fault_and_cut)
{
    table *t = read_text("a,b\n1,2\n3,4,5,6\n7,8\n");
    one_fault("3:3: found 4 cells, expected 2 as in the header");
    CHECK_EQ(t->rows, 3);
    cell_is(t, 1, 1, "4");
    cell_is(t, 2, 0, "7");
    table_free(t);
}

TEST(an_unclosed_quote_names_the_cell_where_it_opened)
{
    table *t = read_text("a,b\n1,\"2\n3,4\n");
    one_fault("2:2: found a quote that is never closed, expected a closing \"");
    table_free(t);
}

TEST(text_behind_a_closing_quote_is_a_fault)
{
    table *t = read_text("a,b\n\"1\"x,2\n");
    one_fault("2:1: found text behind a closing quote, expected a comma or the end of the row");
    cell_is(t, 0, 0, "1");
    cell_is(t, 0, 1, "2");
    table_free(t);
}

TEST(a_column_twice_or_without_a_name_is_a_fault)
{
    table *t = read_text("a,b,a\n1,2,3\n");
    one_fault("1:3: found column 'a' a second time, expected it once");
    table_free(t);
    t = read_text("a,,b\n1,2,3\n");
    one_fault("1:2: found a column without a name, expected a name");
    table_free(t);
}

TEST(an_empty_file_is_a_fault)
{
    static const char *const nothing[] = {"", "\n\n\r\n", "\xEF\xBB\xBF"};
    for (int i = 0; i < 3; i++) {
        CHECK(!read_bytes(nothing[i], strlen(nothing[i]), STEPPE_BAD_INPUT));
        one_fault("1:1: found an empty file, expected a header line");
    }
}

TEST(bytes_that_are_no_utf8_are_a_fault_of_their_line)
{
    CHECK(!read_bytes("a\nb\n\xC4\n", 6, STEPPE_BAD_INPUT));
    one_fault("3:1: found byte 0xc4, expected UTF-8 text");
    static const char *const wrong[] = {"a\n\xFF\n",
                                        "a\n\xC0\xAF\n",
                                        "a\n\xED\xA0\x80\n",
                                        "a\n\xF4\x90\x80\x80",
                                        "a\n\xE2\x82",
                                        ("a\n\x80"
                                         "bbbbbbbbbb"),
                                        "a\nbbbbbbbbbbbbbbbbbb\xE9 bbbbbbbbbbbbb",
                                        "a\n\xF0\x80\x80\x80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK(!read_bytes(wrong[i], strlen(wrong[i]), STEPPE_BAD_INPUT));
        if (!CHECK(check_logged(&log_now, "expected UTF-8 text")))
            fprintf(stderr, "    text %zu\n", i);
    }
}

TEST(a_nul_byte_is_no_text)
{
    CHECK(!read_bytes("a,b\n1,\0002\n", 10, STEPPE_BAD_INPUT));
    one_fault("2:1: found byte 0x00, expected UTF-8 text");
}

static void write_gzip(const char *path, const char *source)
{
    gzFile f = gzopen(path, "wb");
    if (!CHECK(f != NULL)) return;
    gzputs(f, source);
    gzclose(f);
}

static steppe_status read_path(const char *path, table **t)
{
    memset(&ctx_now, 0, sizeof ctx_now);
    ctx_now.set = check_settings(&log_now, 1);
    return table_read(&ctx_now, path, "table", t);
}

TEST(a_gzip_table_is_read_like_a_plain_one)
{
    table *t = NULL;
    char *longer = malloc(300001);
    if (!longer) return;
    strcpy(longer, "a,b\n");
    for (int i = 4; i < 300000; i += 4) memcpy(longer + i, "1,2\n", 5);
    write_gzip(TEST_TMP "packed.csv.gz", longer);
    CHECK_EQ(read_path(TEST_TMP "packed.csv.gz", &t), STEPPE_OK);
    CHECK(t && t->rows == 299996 / 4);
    table_free(t);
    free(longer);
}

TEST(a_cut_short_gzip_file_is_an_io_error_that_names_it)
{
    table *t = NULL;
    struct stat info;
    char *bytes;
    write_gzip(TEST_TMP "cut.csv.gz", "a,b\n1,2\n3,4\n5,6\nand,some more text to pack\n");
    if (!CHECK(stat(TEST_TMP "cut.csv.gz", &info) == 0)) return;
    const size_t len = (size_t)info.st_size;
    FILE *f = fopen(TEST_TMP "cut.csv.gz", "rb");
    bytes = malloc(len);
    if (!f || !bytes || !CHECK(fread(bytes, 1, len, f) == len)) return;
    fclose(f);
    for (size_t keep = 12; keep < len; keep++) { /* behind the gzip header: anywhere */
        check_write_bytes(TEST_TMP "cut.csv.gz", bytes, keep);
        if (!CHECK_EQ(read_path(TEST_TMP "cut.csv.gz", &t), STEPPE_IO) || !CHECK(t == NULL) ||
            !CHECK(
                check_logged(&log_now, TEST_TMP "cut.csv.gz: damaged or cut-short gzip file")))
            fprintf(stderr, "    %zu of %zu bytes\n", keep, len);
    }
    bytes[len - 5] ^= 1; /* the check sum */
    check_write_bytes(TEST_TMP "cut.csv.gz", bytes, len);
    CHECK_EQ(read_path(TEST_TMP "cut.csv.gz", &t), STEPPE_IO);
    free(bytes);
}

TEST(a_missing_file_and_a_folder_are_io_errors)
{
    table *t = NULL;
    CHECK_EQ(read_path(TEST_TMP "no_such.csv", &t), STEPPE_IO);
    CHECK(t == NULL);
    CHECK(
        check_logged(&log_now, TEST_TMP "no_such.csv: cannot read: No such file or directory"));
    check_make_folder(TEST_TMP "folder.csv");
    CHECK_EQ(read_path(TEST_TMP "folder.csv", &t), STEPPE_IO);
    CHECK(check_logged(&log_now, TEST_TMP "folder.csv: cannot read: it is a folder"));
}

TEST(a_file_without_permission_is_an_io_error)
{
    table *t = NULL;
    check_write(TEST_TMP "locked.csv", "a\n");
    chmod(TEST_TMP "locked.csv", 0);
    const bool root = geteuid() == 0; /* who may read everything */
    if (root && seteuid(65534) != 0) {
        check_skip("root cannot become another user here");
        return;
    }
    CHECK_EQ(read_path(TEST_TMP "locked.csv", &t), STEPPE_IO);
    CHECK(check_logged(&log_now, "Permission denied") || check_logged(&log_now, "cannot read"));
    CHECK(t == NULL);
    if (root) CHECK(seteuid(0) == 0);
    chmod(TEST_TMP "locked.csv", 0600);
}

TEST(an_optional_table_is_the_plain_file_before_the_packed_one)
{
    table *t = NULL;
    check_remove(TEST_TMP "optional");
    check_make_folder(TEST_TMP "optional");
    memset(&ctx_now, 0, sizeof ctx_now);
    ctx_now.set = check_settings(&log_now, 1);
    CHECK_EQ(table_read_optional(&ctx_now, TEST_TMP "optional", "node", &t), STEPPE_OK);
    CHECK(t == NULL);
    write_gzip(TEST_TMP "optional/node.csv.gz", "packed\n");
    CHECK_EQ(table_read_optional(&ctx_now, TEST_TMP "optional", "node", &t), STEPPE_OK);
    CHECK_TEXT(t ? t->head[0] : "", "packed");
    table_free(t);
    check_write(TEST_TMP "optional/node.csv", "plain\n");
    CHECK_EQ(table_read_optional(&ctx_now, TEST_TMP "optional", "node", &t), STEPPE_OK);
    CHECK_TEXT(t ? t->head[0] : "", "plain");
    table_free(t);
}

TEST(a_copy_is_edited_without_touching_the_original)
{
    table *t = read_text("a,b\n1,2\n3,4\n"), *copy = NULL;
    int col = -1;
    CHECK_EQ(table_copy(&ctx_now, t, &copy), STEPPE_OK);
    CHECK_EQ(table_set(&ctx_now, copy, 0, 1, "new"), STEPPE_OK);
    CHECK_EQ(table_add_column(&ctx_now, copy, "c", &col), STEPPE_OK);
    CHECK_EQ(col, 2);
    CHECK_EQ(table_set(&ctx_now, copy, 1, 2, "deep"), STEPPE_OK);
    CHECK_EQ(table_add_row(&ctx_now, copy, 17), STEPPE_OK);
    CHECK_EQ(copy->rows, 3);
    CHECK(table_row_number(copy, 2) != table_row_number(copy, 1));
    cell_is(copy, 0, 1, "new");
    cell_is(copy, 0, 2, "");
    cell_is(copy, 1, 2, "deep");
    cell_is(copy, 2, 0, "");
    table_remove_rows(copy, (const char[]){0, 1, 1});
    CHECK_EQ(copy->rows, 2);
    cell_is(copy, 0, 0, "3");
    CHECK_EQ(table_row_number(copy, 0), 3);
    table_free(copy);
    CHECK_EQ(t->rows, 2);
    CHECK_EQ(t->cols, 2);
    cell_is(t, 0, 1, "2");
    table_free(t);
    CHECK_EQ(mem_live(), 0);
}

int main(void)
{
    RUN(plain_rows_become_cells);
    RUN(quoted_cells_keep_commas_quotes_and_newlines);
    RUN(line_ends_marks_and_a_missing_last_newline_make_no_difference);
    RUN(empty_last_cells_are_cells);
    RUN(a_header_alone_is_a_table_without_rows);
    RUN(text_beyond_ascii_stays_as_it_is);
    RUN(a_short_row_is_a_fault_and_filled);
    RUN(a_long_row_is_a_fault_and_cut);
    RUN(an_unclosed_quote_names_the_cell_where_it_opened);
    RUN(text_behind_a_closing_quote_is_a_fault);
    RUN(a_column_twice_or_without_a_name_is_a_fault);
    RUN(an_empty_file_is_a_fault);
    RUN(bytes_that_are_no_utf8_are_a_fault_of_their_line);
    RUN(a_nul_byte_is_no_text);
    RUN(a_gzip_table_is_read_like_a_plain_one);
    RUN(a_cut_short_gzip_file_is_an_io_error_that_names_it);
    RUN(a_missing_file_and_a_folder_are_io_errors);
    RUN(a_file_without_permission_is_an_io_error);
    RUN(an_optional_table_is_the_plain_file_before_the_packed_one);
    RUN(a_copy_is_edited_without_touching_the_original);
    return check_result();
}
