using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace MultiExit.Engine.Errors;

/// <summary>A failure that an operator can act on: the message is one clear sentence, the reason is stable.</summary>
[SuppressMessage("Design", "CA1032", Justification = "A reason is always known.")]
public sealed class ProxyException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ProxyException(ProxyError reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>What kind of failure it is; cmdlets use its name as error id, the console host as exit code.</summary>
    public ProxyError Reason { get; }

    /// <summary>The address that cannot be listened on; null for other failures.</summary>
    public IPEndPoint? EndPoint { get; init; }

    /// <summary>All faults of a configuration that is not valid; empty for other failures.</summary>
    public IReadOnlyList<ConfigError> ConfigErrors { get; init; } = [];
}
