#ifndef VARVE_CGIT2_H
#define VARVE_CGIT2_H
int mbedtls_x509_crt_parse_file(void *chain, const char *path);
#endif
