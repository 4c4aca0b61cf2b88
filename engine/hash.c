/* SHA-256 by OpenSSL's libcrypto: the only file that knows it. */
#include "hash.h"

#include <openssl/evp.h>

bool hash_bytes(const char *bytes, size_t len, char out[HASH_TEXT])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    out[0] = '\0';
    if (EVP_Digest(bytes, len, sum, &size, EVP_sha256(), NULL) != 1 || size != 32) return false;
    for (unsigned i = 0; i < size; i++) snprintf(out + (size_t)2 * i, 3, "%02x", sum[i]);
    return true;
}
