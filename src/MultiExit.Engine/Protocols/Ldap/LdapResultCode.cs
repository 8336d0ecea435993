namespace MultiExit.Engine.Protocols.Ldap;

/// <summary>How an operation ended (RFC 4511 appendix A). Others are possible and kept.</summary>
internal enum LdapResultCode
{
    Success = 0,
    TimeLimitExceeded = 3,
    SizeLimitExceeded = 4,
    ConstraintViolation = 19,
    NoSuchObject = 32,
    InvalidDnSyntax = 34,
    InappropriateAuthentication = 48,
    InvalidCredentials = 49,
    Busy = 51,
    Unavailable = 52,
    UnwillingToPerform = 53,
}
