using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>Why the content of a set is refused, or could not be had; the message is the end of a sentence.</summary>
[SuppressMessage("Design", "CA1032", Justification = "A reason is always known.")]
internal sealed class RuleSetFaultException : Exception
{
    /// <param name="reason">Why.</param>
    /// <param name="inner">What it comes from.</param>
    public RuleSetFaultException(string reason, Exception? inner = null)
        : base(reason, inner)
    {
    }

    /// <param name="line">The line of the content, from 1.</param>
    /// <param name="reason">Why.</param>
    public RuleSetFaultException(int line, string reason)
        : base($"line {line}: {reason}")
    {
    }
}
