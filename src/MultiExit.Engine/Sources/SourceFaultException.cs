using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Sources;

/// <summary>Why the content of a set is refused, or could not be had; the message is the end of a sentence.</summary>
[SuppressMessage("Design", "CA1032", Justification = "A reason is always known.")]
internal sealed class SourceFaultException : Exception
{
    /// <param name="reason">Why.</param>
    /// <param name="inner">What it comes from.</param>
    public SourceFaultException(string reason, Exception? inner = null)
        : base(reason, inner)
    {
    }

    /// <param name="line">The line of the content, from 1.</param>
    /// <param name="reason">Why.</param>
    public SourceFaultException(int line, string reason)
        : base($"line {line}: {reason}")
    {
    }
}
