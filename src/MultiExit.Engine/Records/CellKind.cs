namespace MultiExit.Engine.Records;

/// <summary>The value of a column in <see cref="EncodedRecord"/>.</summary>
internal enum CellKind : byte
{
    /// <summary>None.</summary>
    Null,

    /// <summary>8 bytes.</summary>
    Integer,

    /// <summary>8 bytes.</summary>
    Real,

    /// <summary>4 bytes with the length, and text in UTF-8.</summary>
    Text,
}
