namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>Which names an entry stands for.</summary>
[Flags]
internal enum NameKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The name itself.</summary>
    Itself = 1,

    /// <summary>All names beneath it.</summary>
    Beneath = 2,

    /// <summary>Names with one more label.</summary>
    OneBelow = 4,
}
