namespace MultiExit.Engine.Configuration.Reading;

/// <summary>What a reader expects at a place of a document.</summary>
internal enum ReadKind : byte
{
    /// <summary>A key of a mapping, whatever its value.</summary>
    Key,
    Mapping,
    /// <summary>A mapping of names to mappings.</summary>
    NamedMappings,
    /// <summary>A list of mappings.</summary>
    Mappings,
    /// <summary>A list, for which a single value may stand.</summary>
    List,
    Text,
    Choice,
    Integer,
    Share,
    Flag,
    Duration,
    Size,
    Rate,
    Secret,
    /// <summary>A file, which may be a credential.</summary>
    File,
}
