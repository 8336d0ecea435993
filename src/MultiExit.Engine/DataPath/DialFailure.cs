namespace MultiExit.Engine.DataPath;

/// <summary>Why an exit could not reach the destination. Every inbound translates it into its own protocol's answer.</summary>
internal enum DialFailure
{
    /// <summary>It succeeded.</summary>
    None,
    /// <summary>None of the others.</summary>
    General,
    /// <summary>A rule, the exit <c>block</c>, or the policy for private destinations forbids it.</summary>
    NotAllowed,
    /// <summary>The request has come round to listeners of this process too often.</summary>
    Loop,
    /// <summary>No route to the network (ENETUNREACH), or the exit has no address of the destination's family.</summary>
    NetworkUnreachable,
    /// <summary>The host does not answer (EHOSTUNREACH).</summary>
    HostUnreachable,
    /// <summary>The name does not resolve.</summary>
    NameNotResolved,
    /// <summary>The target refused (ECONNREFUSED).</summary>
    ConnectionRefused,
    /// <summary>Time to live expired on the way.</summary>
    TtlExpired,
    /// <summary>The target did not answer in time.</summary>
    TimedOut,
    /// <summary>The exit cannot do this command: UDP through an HTTP proxy, for one.</summary>
    CommandNotSupported,
    /// <summary>The upstream proxy itself could not be reached; nothing is known about the target.</summary>
    ProxyUnreachable,
    /// <summary>The upstream proxy refused the exit's credentials.</summary>
    ProxyAuthenticationFailed,
    /// <summary>The upstream proxy broke its protocol or closed early.</summary>
    ProxyProtocolError,
}
