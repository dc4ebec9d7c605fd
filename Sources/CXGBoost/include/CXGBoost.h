#ifndef VARVE_CXGBOOST_H
#define VARVE_CXGBOOST_H

#include <stddef.h>
#include <stdint.h>

// XGBoost's C interface as far as varve uses it, in the form that 1.7 and all later versions have. Its own headers are
// not needed to build varve, and the library is never linked: it is opened when a model is first trained or asked.

typedef void *varve_xgboost_matrix;
typedef void *varve_xgboost_booster;

#define VARVE_XGBOOST_FUNCTIONS(X) \
    X(void, XGBoostVersion, (int *major, int *minor, int *patch)) \
    X(const char *, XGBGetLastError, (void)) \
    X(int, XGBRegisterLogCallback, (void (*callback)(const char *message))) \
    X(int, XGDMatrixCreateFromMat, \
      (const float *values, uint64_t rows, uint64_t columns, float missing, varve_xgboost_matrix *matrix)) \
    X(int, XGDMatrixFree, (varve_xgboost_matrix matrix)) \
    X(int, XGDMatrixSetFloatInfo, \
      (varve_xgboost_matrix matrix, const char *field, const float *values, uint64_t count)) \
    X(int, XGDMatrixSetUIntInfo, \
      (varve_xgboost_matrix matrix, const char *field, const unsigned *values, uint64_t count)) \
    X(int, XGDMatrixSetStrFeatureInfo, \
      (varve_xgboost_matrix matrix, const char *field, const char **words, uint64_t count)) \
    X(int, XGBoosterCreate, \
      (const varve_xgboost_matrix matrices[], uint64_t count, varve_xgboost_booster *booster)) \
    X(int, XGBoosterFree, (varve_xgboost_booster booster)) \
    X(int, XGBoosterSetParam, (varve_xgboost_booster booster, const char *name, const char *value)) \
    X(int, XGBoosterUpdateOneIter, (varve_xgboost_booster booster, int round, varve_xgboost_matrix matrix)) \
    X(int, XGBoosterEvalOneIter, \
      (varve_xgboost_booster booster, int round, varve_xgboost_matrix matrices[], const char *names[], \
       uint64_t count, const char **result)) \
    X(int, XGBoosterPredictFromDMatrix, \
      (varve_xgboost_booster booster, varve_xgboost_matrix matrix, const char *settings, uint64_t const **shape, \
       uint64_t *dimensions, const float **values)) \
    X(int, XGBoosterLoadModelFromBuffer, (varve_xgboost_booster booster, const void *bytes, uint64_t count)) \
    X(int, XGBoosterSaveModelToBuffer, \
      (varve_xgboost_booster booster, const char *settings, uint64_t *count, const char **bytes)) \
    X(int, XGBoosterSaveJsonConfig, (varve_xgboost_booster booster, uint64_t *count, const char **text)) \
    X(int, XGBoosterSetAttr, (varve_xgboost_booster booster, const char *name, const char *value)) \
    X(int, XGBoosterSetStrFeatureInfo, \
      (varve_xgboost_booster booster, const char *field, const char **words, uint64_t count)) \
    X(int, XGBoosterGetNumFeature, (varve_xgboost_booster booster, uint64_t *count)) \
    X(int, XGBoosterFeatureScore, \
      (varve_xgboost_booster booster, const char *settings, uint64_t *count, const char ***names, \
       uint64_t *dimensions, uint64_t const **shape, const float **scores))

typedef struct {
#define VARVE_XGBOOST_FIELD(result, name, parameters) result(*name) parameters;
    VARVE_XGBOOST_FUNCTIONS(VARVE_XGBOOST_FIELD)
#undef VARVE_XGBOOST_FIELD
} varve_xgboost_functions;

/// The functions of libxgboost, or NULL with the reason in `message`; both live as long as the process.
/// The first call opens the library, whichever thread makes it; the later ones cost a lock.
///
/// `path` is the library to open; NULL for the one that the system has.
const varve_xgboost_functions *varve_xgboost_load(const char *path, const char **message);

/// Sends what XGBoost says on this thread to a buffer instead of standard error. XGBoost keeps a listener per thread.
void varve_xgboost_listen(const varve_xgboost_functions *library);

/// Moves what was said since the last call, up to `capacity` bytes, into `buffer`; returns how many there were.
size_t varve_xgboost_take_messages(char *buffer, size_t capacity);

#endif
