namespace MultiExit.Engine.BackEnds;

/// <summary>What a function of Linux-PAM returns (<c>security/_pam_types.h</c>). Others are possible and kept.</summary>
internal enum PamResult
{
    Success = 0,
    OpenError = 1,
    SymbolError = 2,
    ServiceError = 3,
    SystemError = 4,
    BufferError = 5,
    PermissionDenied = 6,
    AuthenticationError = 7,
    CredentialsInsufficient = 8,
    AuthenticationUnavailable = 9,
    UserUnknown = 10,
    MaxTries = 11,
    NewPasswordRequired = 12,
    AccountExpired = 13,
    Abort = 26,
    ModuleUnknown = 28,
}
