using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Records.Traffic;

/// <summary>What the history is asked by.</summary>
[Flags]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "Fields, not flags.")]
public enum TrafficFields
{
    /// <summary>Nothing: all together.</summary>
    None = 0,

    /// <summary>The authenticated user.</summary>
    User = 1,

    /// <summary>The exit.</summary>
    Exit = 2,

    /// <summary>The inbound.</summary>
    Inbound = 4,
}
