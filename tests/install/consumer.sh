#!/bin/sh
# shellcheck disable=SC2086,SC2046 # flags and names are split on purpose
# What we install works for others: by pkg-config, by find_package, shared and static.
# From the environment: BUILD, CMAKE, CMAKE_GENERATOR (read by cmake itself), CC, PKG_CONFIG, VERSION, and TMP, an empty folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
want="$VERSION 360"

fail() {
    echo "$*" >&2
    exit 1
}

# wants PROGRAM: it prints the version and the known least cost of the case we installed.
wants() {
    got=$("$@" "$TMP/moved/share/steppe/datasets/tiny/two_path") || fail "$1: exit $?"
    [ "$got" = "$want" ] || fail "$1 printed '$got', want '$want'"
}

"$CMAKE" --install "$BUILD" --prefix "$TMP/first" >"$TMP/install.log"
mv "$TMP/first" "$TMP/moved" # an installed tree does not know where it is
pc=$(find "$TMP/moved" -name steppe.pc)
lib=$(dirname "$(dirname "$pc")")
[ -f "$TMP/moved/include/steppe/steppe.h" ] || fail "no steppe.h"
[ -f "$TMP/moved/share/steppe/datasets/eurasia/config.csv" ] || fail "no datasets/eurasia"

strange=$(nm -D --defined-only "$lib/libsteppe.so" | awk '{print $NF}' | grep -v '^steppe_' || :)
[ -z "$strange" ] || fail "libsteppe.so shows names that are not steppe_:" $strange

export PKG_CONFIG_PATH="$lib/pkgconfig"
[ "$("$PKG_CONFIG" --modversion steppe)" = "$VERSION" ] || fail "steppe.pc has another version"
"$CC" -o "$TMP/by_pkg_config" "$here/consumer.c" $("$PKG_CONFIG" --cflags --libs steppe) "-Wl,-rpath,$lib"
wants "$TMP/by_pkg_config"

"$CMAKE" -S "$here" -B "$TMP/consumer" -DCMAKE_C_COMPILER="$CC" -DCMAKE_PREFIX_PATH="$TMP/moved" \
    -DCMAKE_BUILD_TYPE=Release >"$TMP/configure.log"
"$CMAKE" --build "$TMP/consumer" >"$TMP/build.log" || {
    cat "$TMP/build.log"
    fail "the consumer does not build"
}
wants "$TMP/consumer/consumer"
wants "$TMP/consumer/consumer_static"

if [ -f "$BUILD/steppe" ]; then
    "$TMP/moved/bin/steppe" --version | grep -qF "$VERSION" || fail "steppe --version does not say $VERSION"
fi
