#ifndef VARVE_CGIT2_H
#define VARVE_CGIT2_H

#include <git2.h>
#include <git2/sys/repository.h>

// libgit2 is never linked: its shared objects cost every start 2 ms, also of commands that need no Git. It is opened
// at first use, and its functions are called through this table.
#define VARVE_GIT_FUNCTIONS(X) \
    X(git_libgit2_init) \
    X(git_libgit2_version) \
    X(git_libgit2_opts) \
    X(git_error_last) \
    X(git_blob_free) \
    X(git_blob_lookup) \
    X(git_blob_rawcontent) \
    X(git_blob_rawsize) \
    X(git_buf_dispose) \
    X(git_commit_author) \
    X(git_commit_committer) \
    X(git_commit_free) \
    X(git_commit_id) \
    X(git_commit_lookup) \
    X(git_commit_message) \
    X(git_commit_parent_id) \
    X(git_commit_parentcount) \
    X(git_commit_time) \
    X(git_commit_tree_id) \
    X(git_config_delete_entry) \
    X(git_config_free) \
    X(git_config_get_bool) \
    X(git_config_get_path) \
    X(git_config_get_string) \
    X(git_config_get_multivar_foreach) \
    X(git_config_open_default) \
    X(git_config_open_level) \
    X(git_config_set_string) \
    X(git_diff_free) \
    X(git_diff_index_to_workdir) \
    X(git_diff_options_init) \
    X(git_diff_to_buf) \
    X(git_diff_tree_to_index) \
    X(git_diff_tree_to_workdir_with_index) \
    X(git_index_add_bypath) \
    X(git_index_entrycount) \
    X(git_index_find) \
    X(git_index_find_prefix) \
    X(git_index_free) \
    X(git_index_get_byindex) \
    X(git_index_get_bypath) \
    X(git_index_open) \
    X(git_index_read) \
    X(git_index_read_tree) \
    X(git_index_remove_bypath) \
    X(git_index_remove_directory) \
    X(git_index_write) \
    X(git_object_free) \
    X(git_object_id) \
    X(git_object_peel) \
    X(git_odb_foreach) \
    X(git_odb_free) \
    X(git_odb_read_header) \
    X(git_reference_free) \
    X(git_reference_iterator_free) \
    X(git_reference_iterator_glob_new) \
    X(git_reference_lookup) \
    X(git_reference_name) \
    X(git_reference_name_to_id) \
    X(git_reference_next) \
    X(git_reference_peel) \
    X(git_reference_symbolic_target) \
    X(git_reference_type) \
    X(git_remote_list) \
    X(git_repository_commondir) \
    X(git_repository_config) \
    X(git_repository_config_snapshot) \
    X(git_repository_free) \
    X(git_repository_index) \
    X(git_repository_is_bare) \
    X(git_repository_is_shallow) \
    X(git_repository_odb) \
    X(git_repository_open_ext) \
    X(git_repository_path) \
    X(git_repository_set_index) \
    X(git_repository_set_workdir) \
    X(git_repository_workdir) \
    X(git_revparse_single) \
    X(git_strarray_dispose) \
    X(git_tree_entry_byindex) \
    X(git_tree_entry_byname) \
    X(git_tree_entry_filemode_raw) \
    X(git_tree_entry_id) \
    X(git_tree_entry_name) \
    X(git_tree_entrycount) \
    X(git_tree_free) \
    X(git_tree_lookup)

typedef struct {
#define VARVE_GIT_FIELD(name) __typeof__(&name) name;
    VARVE_GIT_FUNCTIONS(VARVE_GIT_FIELD)
#undef VARVE_GIT_FIELD
} varve_git_functions;

/// The functions of libgit2, initialised, or NULL with the reason in `message`; both live as long as the process.
/// The first call opens the library, whichever thread makes it; the later ones cost a comparison.
const varve_git_functions *varve_git_load(const char **message);

/// The version that varve was built for, such as "1.5"; no other one has the same structures.
static inline const char *varve_git_expected_version(void) { return LIBGIT2_SOVERSION; }

/// Variadic C functions are out of Swift's reach.
static inline int varve_git_set_extensions(const varve_git_functions *git, const char **names, size_t count) {
    return git->git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, count);
}

static inline int varve_git_set_owner_validation(const varve_git_functions *git, int enabled) {
    return git->git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

static inline int varve_git_user_configuration_folder(const varve_git_functions *git, git_buf *folder) {
    return git->git_libgit2_opts(GIT_OPT_GET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, folder);
}

int mbedtls_x509_crt_parse_file(void *chain, const char *path);

#endif
