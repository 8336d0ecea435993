using MultiExit.Engine.DataPath;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Sessions;

/// <summary>The outcome of a session whose dial failed.</summary>
internal static class DialOutcome
{
    /// <summary>The outcome for a failure.</summary>
    public static SessionOutcome Of(DialFailure failure) => failure switch
    {
        DialFailure.None => SessionOutcome.Ok,
        DialFailure.NotAllowed => SessionOutcome.NotAllowed,
        DialFailure.Loop => SessionOutcome.Loop,
        DialFailure.NetworkUnreachable => SessionOutcome.NetworkUnreachable,
        DialFailure.HostUnreachable => SessionOutcome.HostUnreachable,
        DialFailure.NameNotResolved => SessionOutcome.NameNotResolved,
        DialFailure.ConnectionRefused => SessionOutcome.ConnectionRefused,
        DialFailure.TtlExpired => SessionOutcome.TtlExpired,
        DialFailure.TimedOut => SessionOutcome.TimedOut,
        DialFailure.CommandNotSupported => SessionOutcome.CommandNotSupported,
        DialFailure.ProxyUnreachable => SessionOutcome.ProxyUnreachable,
        DialFailure.ProxyAuthenticationFailed => SessionOutcome.ProxyAuthenticationFailed,
        DialFailure.ProxyProtocolError => SessionOutcome.ProxyProtocolError,
        _ => SessionOutcome.General,
    };
}
