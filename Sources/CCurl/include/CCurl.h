#ifndef VARVE_CCURL_H
#define VARVE_CCURL_H

// libcurl's own type checks of variadic calls are macros around the functions; the table takes the functions.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// libcurl is never linked: with its TLS libraries it costs every start 5 ms, also of commands that need no network. It
// is opened at first use, and its functions are called through this table.
#define VARVE_CURL_FUNCTIONS(X) \
    X(curl_easy_cleanup) \
    X(curl_easy_getinfo) \
    X(curl_easy_init) \
    X(curl_easy_pause) \
    X(curl_easy_reset) \
    X(curl_easy_setopt) \
    X(curl_easy_strerror) \
    X(curl_global_init) \
    X(curl_multi_add_handle) \
    X(curl_multi_cleanup) \
    X(curl_multi_info_read) \
    X(curl_multi_init) \
    X(curl_multi_perform) \
    X(curl_multi_poll) \
    X(curl_multi_remove_handle) \
    X(curl_multi_setopt) \
    X(curl_multi_wakeup) \
    X(curl_slist_append) \
    X(curl_slist_free_all) \
    X(curl_version_info)

// curl.h defines variadic functions as macros for C compilers; the names below are the functions.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

typedef struct {
#define VARVE_CURL_FIELD(name) __typeof__(&name) name;
    VARVE_CURL_FUNCTIONS(VARVE_CURL_FIELD)
#undef VARVE_CURL_FIELD
} varve_curl_functions;

/// The functions of libcurl, initialised, or NULL with the reason in `message`; both live as long as the process.
/// The first call opens the library, whichever thread makes it; the later ones cost a comparison.
const varve_curl_functions *varve_curl_load(const char **message);

// Variadic C functions are out of Swift's reach: one typed function per kind of argument.

static inline CURLcode varve_curl_set_long(const varve_curl_functions *curl, CURL *easy, CURLoption option, long value) {
    return curl->curl_easy_setopt(easy, option, value);
}

static inline CURLcode varve_curl_set_offset(
    const varve_curl_functions *curl, CURL *easy, CURLoption option, int64_t value) {
    return curl->curl_easy_setopt(easy, option, (curl_off_t)value);
}

/// libcurl copies the text.
static inline CURLcode varve_curl_set_text(
    const varve_curl_functions *curl, CURL *easy, CURLoption option, const char *value) {
    return curl->curl_easy_setopt(easy, option, value);
}

static inline CURLcode varve_curl_set_pointer(
    const varve_curl_functions *curl, CURL *easy, CURLoption option, void *value) {
    return curl->curl_easy_setopt(easy, option, value);
}

typedef size_t (*varve_curl_data_callback)(char *bytes, size_t size, size_t count, void *context);
typedef int (*varve_curl_seek_callback)(void *context, curl_off_t offset, int origin);

static inline CURLcode varve_curl_set_data_callback(
    const varve_curl_functions *curl, CURL *easy, CURLoption option, varve_curl_data_callback callback) {
    return curl->curl_easy_setopt(easy, option, callback);
}

static inline CURLcode varve_curl_set_seek_callback(
    const varve_curl_functions *curl, CURL *easy, varve_curl_seek_callback callback) {
    return curl->curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, callback);
}

typedef int (*varve_curl_host_key_callback)(
    CURL *easy, const struct curl_khkey *known, const struct curl_khkey *found, enum curl_khmatch match,
    void *context);

static inline CURLcode varve_curl_set_host_key_callback(
    const varve_curl_functions *curl, CURL *easy, varve_curl_host_key_callback callback) {
    return curl->curl_easy_setopt(easy, CURLOPT_SSH_KEYFUNCTION, callback);
}

static inline CURLcode varve_curl_get_long(const varve_curl_functions *curl, CURL *easy, CURLINFO info, long *value) {
    return curl->curl_easy_getinfo(easy, info, value);
}

static inline CURLcode varve_curl_get_offset(
    const varve_curl_functions *curl, CURL *easy, CURLINFO info, int64_t *value) {
    curl_off_t number = 0;
    CURLcode code = curl->curl_easy_getinfo(easy, info, &number);
    *value = (int64_t)number;
    return code;
}

static inline CURLcode varve_curl_get_pointer(
    const varve_curl_functions *curl, CURL *easy, CURLINFO info, void **value) {
    return curl->curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode varve_curl_multi_set_long(
    const varve_curl_functions *curl, CURLM *multi, CURLMoption option, long value) {
    return curl->curl_multi_setopt(multi, option, value);
}

/// How a transfer that has ended went; `message` is of the kind CURLMSG_DONE.
static inline CURLcode varve_curl_result(const CURLMsg *message) { return message->data.result; }

/// Options and constants that are macros or enumerators of a kind that Swift cannot see.
static const long varve_curl_http_version_2tls = CURL_HTTP_VERSION_2TLS;
static const long varve_curl_tls_1_2 = CURL_SSLVERSION_TLSv1_2;
static const long varve_curl_auth_basic = CURLAUTH_BASIC;
static const long varve_curl_auth_digest = CURLAUTH_DIGEST;
static const long varve_curl_auth_any = CURLAUTH_BASIC | CURLAUTH_DIGEST;
static const long varve_curl_protocols_http = CURLPROTO_HTTP | CURLPROTO_HTTPS;
static const long varve_curl_protocols_sftp = CURLPROTO_SFTP;
static const long varve_curl_ssh_password = CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD;
static const long varve_curl_ssh_key = CURLSSH_AUTH_PUBLICKEY;
static const long varve_curl_ssh_agent = CURLSSH_AUTH_AGENT;
static const int varve_curl_host_key_accepted = CURLKHSTAT_FINE;
static const int varve_curl_host_key_refused = CURLKHSTAT_REJECT;
static const int varve_curl_error_size = CURL_ERROR_SIZE;
static const size_t varve_curl_read_abort = CURL_READFUNC_ABORT;
static const size_t varve_curl_read_pause = CURL_READFUNC_PAUSE;
static const size_t varve_curl_write_pause = CURL_WRITEFUNC_PAUSE;
static const int varve_curl_seek_fail = CURL_SEEKFUNC_FAIL;
static const int varve_curl_seek_ok = CURL_SEEKFUNC_OK;
static const long varve_curl_global_all = CURL_GLOBAL_ALL;
static const int varve_curl_pause_none = CURLPAUSE_CONT;

#endif
