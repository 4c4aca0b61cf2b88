#ifndef STEPPE_HASH_H
#define STEPPE_HASH_H

#include "engine.h"

#define HASH_TEXT 65
/* SHA-256 in hexadecimal. false: the library behind it failed (no memory). */
bool hash_bytes(const char *bytes, size_t len, char out[HASH_TEXT]);

#endif
