/* Lines of words, as all instance files have them. */
#include "instance.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

bool instance_next_line(instance_lines *in)
{
    while (*in->at) {
        const char *start = in->at;
        const bool remark = in->comment == '*' && *start == '*';
        in->line++;
        in->fields = 0;
        in->indented = is_blank(*start);
        while (*in->at && *in->at != '\n') {
            while (is_blank(*in->at)) *in->at++ = '\0';
            if (!*in->at || *in->at == '\n') break;
            if (in->fields < INSTANCE_FIELDS) in->field[in->fields++] = in->at;
            while (*in->at && *in->at != '\n' && !is_blank(*in->at)) in->at++;
        }
        if (*in->at == '\n') *in->at++ = '\0';
        if (in->fields == 0 || remark) continue;
        if (in->comment == '*' || strcmp(in->field[0], "c") != 0) return true;
    }
    return false;
}

void instance_bad_field(instance_lines *in, int field, const char *expected)
{
    steppe_fault(in->ctx, "%s:%lld:%d: found '%s', expected %s", in->path, (long long)in->line,
                 field + 1, field < in->fields ? in->field[field] : "the end of the line",
                 expected);
}

int instance_more_decimals(int known, wide v)
{
    const int64_t unit = (int64_t)wide_pow10(FIX_PLACES - known);
    const bool whole =
        v >= INT64_MIN && v <= INT64_MAX ? (int64_t)v % unit == 0 : v % unit == 0;
    return whole ? known : instance_decimals(v);
}

int instance_decimals(wide v)
{
    int p = FIX_PLACES;
    for (; p > 0 && v % 10 == 0; p--) v /= 10;
    return v == 0 ? 0 : p;
}
