using System.Diagnostics.CodeAnalysis;

namespace MultiExit;

/// <summary>A failure that an operator can act on. <c>catch [MultiExit.MxException]</c> takes them all.</summary>
[SuppressMessage("Design", "CA1032", Justification = "A reason is always known.")]
public sealed class MxException : Exception
{
    internal MxException(string reason, string message, Exception? inner = null, MxConfigError[]? configErrors = null)
        : base(message, inner)
    {
        Reason = reason;
        ConfigErrors = configErrors ?? [];
    }

    /// <summary>The error id: AddressInUse, InvalidConfiguration, ... Stable.</summary>
    public string Reason { get; }

    /// <summary>The faults of the configuration; empty for other reasons.</summary>
    public MxConfigError[] ConfigErrors { get; }
}
