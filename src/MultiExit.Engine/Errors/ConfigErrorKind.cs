namespace MultiExit.Engine.Errors;

/// <summary>Where a fault of a configuration has to be corrected.</summary>
public enum ConfigErrorKind
{
    /// <summary>In the document: it is wrong on every machine.</summary>
    Text,

    /// <summary>On this machine: a file, an environment variable, an address or a library that the document names is not there, or cannot
    /// be used.</summary>
    Machine,
}
