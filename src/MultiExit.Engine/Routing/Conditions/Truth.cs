namespace MultiExit.Engine.Routing.Conditions;

/// <summary>Whether a condition holds. Of conditions that must all hold the least one counts, of alternatives the greatest.</summary>
internal enum Truth : byte
{
    /// <summary>It does not hold.</summary>
    No,

    /// <summary>It depends on something that is not known.</summary>
    Unknown,

    /// <summary>It holds.</summary>
    Yes,
}
