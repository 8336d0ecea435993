using System.Text.Json.Serialization;

namespace MultiExit.Engine.Status;

/// <summary>How a session ended. The access log, the control API and the cmdlets use the same words for it.</summary>
public enum SessionOutcome
{
    /// <summary>In order: both sides have ended.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>The client's connection broke, or the client sent less than it had announced.</summary>
    [JsonStringEnumMemberName("client-reset")]
    ClientReset,

    /// <summary>The connection to the target broke, or the target sent less than it had announced, or something that is not its protocol.</summary>
    [JsonStringEnumMemberName("target-reset")]
    TargetReset,

    /// <summary>No byte moved for the idle time-out.</summary>
    [JsonStringEnumMemberName("idle")]
    Idle,

    /// <summary>An operator ended this session.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,

    /// <summary>The server stopped and did not wait any longer.</summary>
    [JsonStringEnumMemberName("drain")]
    Drain,

    /// <summary>Its user or its exit has used up the quota.</summary>
    [JsonStringEnumMemberName("quota")]
    Quota,

    /// <summary>Its user has expired, or was disabled or removed and cut off.</summary>
    [JsonStringEnumMemberName("revoked")]
    Revoked,

    /// <summary>An operator took its exit out of use and cut its sessions.</summary>
    [JsonStringEnumMemberName("exit-disabled")]
    ExitDisabled,

    /// <summary>Its exit went down, and the exit's <c>on_down</c> is cut.</summary>
    [JsonStringEnumMemberName("exit-down")]
    ExitDown,

    /// <summary>The exit could not reach the target, for a reason that has no word of its own.</summary>
    [JsonStringEnumMemberName("General")]
    General,

    /// <summary>A rule, a limit, the exit <c>block</c> or the policy for private destinations forbade it.</summary>
    [JsonStringEnumMemberName("NotAllowed")]
    NotAllowed,

    /// <summary>The request came back to listeners of the server again and again.</summary>
    [JsonStringEnumMemberName("Loop")]
    Loop,

    /// <summary>There is no route to the target's network, or the exit has no address of its family.</summary>
    [JsonStringEnumMemberName("NetworkUnreachable")]
    NetworkUnreachable,

    /// <summary>The target's host does not answer.</summary>
    [JsonStringEnumMemberName("HostUnreachable")]
    HostUnreachable,

    /// <summary>The target's name does not resolve.</summary>
    [JsonStringEnumMemberName("NameNotResolved")]
    NameNotResolved,

    /// <summary>The target refused the connection.</summary>
    [JsonStringEnumMemberName("ConnectionRefused")]
    ConnectionRefused,

    /// <summary>The time to live expired on the way.</summary>
    [JsonStringEnumMemberName("TtlExpired")]
    TtlExpired,

    /// <summary>The target did not answer in time.</summary>
    [JsonStringEnumMemberName("TimedOut")]
    TimedOut,

    /// <summary>The exit does not support the request.</summary>
    [JsonStringEnumMemberName("CommandNotSupported")]
    CommandNotSupported,

    /// <summary>The proxy behind the exit could not be reached.</summary>
    [JsonStringEnumMemberName("ProxyUnreachable")]
    ProxyUnreachable,

    /// <summary>The proxy behind the exit refused the exit's credentials.</summary>
    [JsonStringEnumMemberName("ProxyAuthenticationFailed")]
    ProxyAuthenticationFailed,

    /// <summary>The proxy behind the exit broke its protocol or closed early.</summary>
    [JsonStringEnumMemberName("ProxyProtocolError")]
    ProxyProtocolError,
}
