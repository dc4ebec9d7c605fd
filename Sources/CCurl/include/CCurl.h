#ifndef VARVE_CCURL_H
#define VARVE_CCURL_H
#include <curl/curl.h>
#endif
