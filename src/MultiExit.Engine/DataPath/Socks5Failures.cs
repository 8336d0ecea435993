using MultiExit.Engine.Protocols.Socks5;

namespace MultiExit.Engine.DataPath;

/// <summary>Failures of a dial as codes of SOCKS5, and back.</summary>
internal static class Socks5Failures
{
    public static Socks5Reply ToReply(DialFailure failure) => failure switch
    {
        DialFailure.NotAllowed or DialFailure.Loop => Socks5Reply.NotAllowed,
        DialFailure.NetworkUnreachable => Socks5Reply.NetworkUnreachable,
        // A time-out has no code of its own; to a client both say that the host does not answer.
        DialFailure.HostUnreachable or DialFailure.NameNotResolved or DialFailure.TimedOut => Socks5Reply.HostUnreachable,
        DialFailure.ConnectionRefused => Socks5Reply.ConnectionRefused,
        DialFailure.TtlExpired => Socks5Reply.TtlExpired,
        DialFailure.CommandNotSupported => Socks5Reply.CommandNotSupported,
        _ => Socks5Reply.GeneralFailure,
    };

    /// <summary>The code for an outcome that may also be success.</summary>
    public static Socks5Reply ToAnswer(DialFailure failure) => failure == DialFailure.None ? Socks5Reply.Succeeded : ToReply(failure);

    public static DialFailure ToFailure(Socks5Reply reply) => reply switch
    {
        Socks5Reply.NotAllowed => DialFailure.NotAllowed,
        Socks5Reply.NetworkUnreachable => DialFailure.NetworkUnreachable,
        Socks5Reply.HostUnreachable => DialFailure.HostUnreachable,
        Socks5Reply.ConnectionRefused => DialFailure.ConnectionRefused,
        Socks5Reply.TtlExpired => DialFailure.TtlExpired,
        Socks5Reply.CommandNotSupported => DialFailure.CommandNotSupported,
        _ => DialFailure.General,
    };
}
