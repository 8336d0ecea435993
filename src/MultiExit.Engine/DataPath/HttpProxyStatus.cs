using System.Text;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.DataPath;

/// <summary>Failures as HTTP proxies report them: a status code and the error token of Proxy-Status (RFC 9209 section 2.3).
/// The token keeps apart what one code stands for, so that a chain of MultiExit servers passes the true reason on.</summary>
internal static class HttpProxyStatus
{
    private const string Prefix = "multiexit; error=";
    private const string InternalError = "proxy_internal_error";

    private static readonly (DialFailure Failure, string Token)[] Tokens =
    [
        (DialFailure.NotAllowed, "http_request_denied"),
        (DialFailure.NotAllowed, "destination_ip_prohibited"),
        (DialFailure.Loop, "proxy_loop_detected"),
        (DialFailure.NetworkUnreachable, "destination_ip_unroutable"),
        (DialFailure.HostUnreachable, "destination_unavailable"),
        (DialFailure.NameNotResolved, "dns_error"),
        (DialFailure.NameNotResolved, "dns_timeout"),
        (DialFailure.ConnectionRefused, "connection_refused"),
        (DialFailure.TimedOut, "connection_timeout"),
        (DialFailure.ProxyProtocolError, "http_protocol_error"),
        (DialFailure.ProxyAuthenticationFailed, "proxy_configuration_error"),
        // Also when a proxy further on is gone: nothing is known about the target then.
        (DialFailure.General, InternalError),
    ];

    /// <summary>The value of Proxy-Status for a failure.</summary>
    public static string Format(DialFailure failure)
    {
        foreach ((DialFailure known, string token) in Tokens)
            if (known == failure) return Prefix + token;
        return Prefix + InternalError;
    }

    public static int StatusCode(DialFailure failure) => failure switch
    {
        DialFailure.NotAllowed => 403,
        DialFailure.TimedOut => 504,
        _ => 502,
    };

    /// <summary>What the failure means, as a sentence for a person.</summary>
    public static string Describe(DialFailure failure) => failure switch
    {
        DialFailure.NotAllowed => "the proxy does not allow this destination",
        DialFailure.Loop => "the request has come back to the proxy again and again",
        DialFailure.NetworkUnreachable => "there is no route to the destination's network",
        DialFailure.HostUnreachable => "the destination does not answer",
        DialFailure.NameNotResolved => "the destination's name does not resolve",
        DialFailure.ConnectionRefused => "the destination refused the connection",
        DialFailure.TtlExpired => "the time to live expired on the way to the destination",
        DialFailure.TimedOut => "the destination did not answer in time",
        DialFailure.ProxyUnreachable or DialFailure.ProxyAuthenticationFailed or DialFailure.ProxyProtocolError =>
            "the next proxy on the way did not serve the request",
        _ => "the destination cannot be reached",
    };

    /// <summary>What an upstream proxy's refusal means.</summary>
    /// <param name="status">Its status code.</param>
    /// <param name="proxyStatus">Its Proxy-Status field; empty where it sent none.</param>
    public static DialFailure Failure(int status, ReadOnlySpan<byte> proxyStatus) => Token(proxyStatus) ?? status switch
    {
        403 => DialFailure.NotAllowed,
        407 => DialFailure.ProxyAuthenticationFailed,
        502 or 503 => DialFailure.HostUnreachable,
        504 => DialFailure.TimedOut,
        _ => DialFailure.General,
    };

    private static DialFailure? Token(ReadOnlySpan<byte> field)
    {
        // Each proxy on the way appends a member; the first one is the nearest to the destination.
        HttpListReader members = new(field);
        if (!members.Read()) return null;
        foreach (Range range in members.Current.Split((byte)';'))
        {
            ReadOnlySpan<byte> parameter = HttpChars.Trim(members.Current[range]);
            if (!parameter.StartsWith("error="u8)) continue;
            foreach ((DialFailure failure, string token) in Tokens)
                if (Ascii.Equals(parameter["error=".Length..], token)) return failure;
        }
        return null;
    }
}
