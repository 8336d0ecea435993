using System.Reflection;
using System.Text.Json.Serialization;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Status;

/// <summary>The words of <see cref="SessionOutcome"/>, and which outcome a failed dial is.</summary>
internal static class SessionOutcomes
{
    // The attribute has the word for JSON; the log reads the same one, so that the two cannot differ.
    private static readonly string[] Words = [.. Enum.GetValues<SessionOutcome>().Select(outcome =>
        typeof(SessionOutcome).GetField(outcome.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name)];

    /// <summary>The word for it in the access log, the control API and the cmdlets.</summary>
    public static string Word(this SessionOutcome outcome) => Words[(int)outcome];

    /// <summary>How a session ends whose dial failed.</summary>
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
