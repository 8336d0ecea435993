using MultiExit.Engine.Errors;

namespace MultiExit.Host;

internal static class ExitCodes
{
    public static ExitCode Of(ProxyError error) => error switch
    {
        ProxyError.InvalidConfiguration or ProxyError.MemberRefused => ExitCode.InvalidConfiguration,
        ProxyError.AddressInUse or ProxyError.AddressNotAvailable => ExitCode.Address,
        ProxyError.PermissionDenied or ProxyError.OperatorNeeded => ExitCode.PermissionDenied,
        ProxyError.CertificateUnreadable => ExitCode.Certificate,
        ProxyError.Provisioning => ExitCode.Network,
        ProxyError.MissingLibrary => ExitCode.Library,
        _ => ExitCode.Unexpected,
    };
}
