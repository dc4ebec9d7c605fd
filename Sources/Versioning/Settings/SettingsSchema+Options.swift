import Documents

/// The tables of `SettingsSchema`; options that DVC no longer uses are still accepted.
extension SettingsSchema {
    private static func text(_ names: String...) -> [Option] { names.map { Option($0) } }
    private static func flags(_ names: String...) -> [Option] { names.map { Option($0, .flag) } }
    private static func integers(_ names: String...) -> [Option] { names.map { Option($0, .integer()) } }

    static let core: [Option] = [
        Option("remote", .lowercaseText),
        Option("checksum_jobs", .integer(1...Int.max)),
        Option("interactive", .flag, initial: false),
        Option("analytics", .flag, initial: true),
        Option("hardlink_lock", .flag, initial: false),
        Option("no_scm", .flag, initial: false),
        Option("autostage", .flag, initial: false),
        Option("experiments", .flag),
        Option("check_update", .flag, initial: true),
        Option("site_cache_dir"),
        Option("machine", .lowercaseText),
    ]

    static let cache: [Option] =
        text("local", "s3", "gs", "hdfs", "webhdfs", "ssh", "azure", "dir") + onDisk

    static let state: [Option] = [
        Option("dir"),
        Option("row_limit", .integer(1...Int.max)),
        Option("row_cleanup_quota", .integer(0...100)),
    ]

    static let machine: [Option] =
        [
            Option("cloud", .choice(["aws", "azure"])),
            Option("region", .choice(["us-west", "us-east", "eu-west", "eu-north"])),
            Option("spot", .flag),
            Option("spot_price", .number()),
            Option("instance_hdd_size", .integer()),
            Option("instance_type", .lowercaseText),
            Option("instance_gpu", .lowercaseText),
        ] + text("image", "ssh_private", "startup_script", "setup_script")

    static let plots: [Option] = text("html_template", "out_dir") + [Option("auto_open", .flag, initial: false)]

    static let experiments: [Option] =
        text("code", "data", "models", "metrics", "params", "plots", "live", "git_remote") + flags("auto_push")

    static let parsing: [Option] = [
        Option("bool", .choice(["store_true", "boolean_optional"])),
        Option("list", .choice(["nargs", "append"])),
    ]

    static let hydra: [Option] =
        [
            Option("enabled", .flag, initial: false),
            Option("config_dir", group: "config_source"),
            Option("config_module", group: "config_source"),
        ] + text("config_name", "plugins_path")

    static let studio: [Option] = text("token", "url", "repo_url") + [Option("offline", .flag, initial: false)]

    // MARK: Remotes

    private static let common: [Option] = [
        Option("url"),
        Option("checksum_jobs", .integer(1...Int.max)),
        Option("jobs", .integer(1...Int.max)),
        Option("worktree", .flag),
        Option("no_traverse", .flag),
        Option("version_aware", .flag),
    ]

    private static let verify = [Option("verify", .flag, initial: false)]
    private static let verifyByDefault = [Option("verify", .flag, initial: true)]
    private static let anonymous = [Option("allow_anonymous_login", .flag, initial: false)]

    private static let onDisk: [Option] =
        [
            Option("type", .linkTypes),
            Option("protected", .flag, initial: false),
            Option("shared", .choice(["group"])),
            Option("slow_link_warning", .flag, initial: true),
        ] + verify

    private static let http: [Option] =
        [
            Option("auth", .choice(["basic", "digest", "custom"])),
            Option("ask_password", .flag),
            Option("ssl_verify", .flagOrText),
            Option("connect_timeout", .number(atLeast: 0)),
            Option("read_timeout", .number(atLeast: 0)),
        ] + text("custom_auth_header", "user", "password", "method") + verify

    private static let webdav: [Option] =
        text(
            "user", "password", "token", "bearer_token_command", "custom_auth_header", "cert_path", "key_path")
        + [Option("ask_password", .flag), Option("timeout", .integer()), Option("ssl_verify", .flagOrText)] + verify

    private static let s3: [Option] =
        text(
            "region", "profile", "credentialpath", "configpath", "endpointurl", "access_key_id", "secret_access_key",
            "session_token", "sse", "sse_kms_key_id", "sse_customer_algorithm", "sse_customer_key", "acl", "grant_read",
            "grant_read_acp", "grant_write_acp", "grant_full_control")
        + [
            Option("listobjects", .flag, initial: false),
            Option("use_ssl", .flag, initial: true),
            Option("ssl_verify", .flagOrText),
            Option("cache_regions", .unwritable("bool")),
        ] + integers("read_timeout", "connect_timeout") + anonymous + verify

    private static let ssh: [Option] =
        [Option("type", .linkTypes)] + text("user", "password", "passphrase", "keyfile")
        + integers("port", "timeout", "max_sessions")
        + flags("ask_password", "ask_passphrase", "gss_auth", "allow_agent") + verify

    private static let webhdfs: [Option] =
        text("kerberos_principal", "proxy_to", "token", "user", "password", "data_proxy_target")
        + flags("kerberos", "use_https") + [Option("ssl_verify", .flagOrText)] + verify

    private static let azure: [Option] =
        text(
            "connection_string", "sas_token", "account_name", "account_key", "tenant_id", "client_id", "client_secret")
        + flags(
            "allow_anonymous_login", "exclude_environment_credential", "exclude_visual_studio_code_credential",
            "exclude_shared_token_cache_credential", "exclude_managed_identity_credential")
        + integers("timeout", "read_timeout", "connection_timeout") + verify

    private static let gdrive: [Option] =
        text(
            "profile", "gdrive_client_id", "gdrive_client_secret", "gdrive_user_credentials_file",
            "gdrive_service_account_user_email", "gdrive_service_account_json_file_path")
        + [
            Option("gdrive_use_service_account", .flag),
            Option("gdrive_trash_only", .flag, initial: false),
            Option("gdrive_acknowledge_abuse", .flag, initial: false),
        ] + verifyByDefault

    static let remotes: [String: [Option]] = [
        "": onDisk + common,
        "s3": s3 + common,
        "gs": text("projectname", "credentialpath", "endpointurl") + anonymous + verify + common,
        "ssh": ssh + common,
        "hdfs": text("user", "kerb_ticket") + [Option("replication", .unwritable("int"))] + common,
        "webhdfs": webhdfs + common,
        "azure": azure + common,
        "oss": text("oss_key_id", "oss_key_secret", "oss_endpoint") + verifyByDefault + common,
        "gdrive": gdrive + common,
        "http": http + common,
        "https": http + common,
        "webdav": webdav + common,
        "webdavs": webdav + common,
    ]
}
