using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tls;

/// <summary>Something that was made of files, and can be made anew when they have changed. Thread-safe.</summary>
internal interface IFromFiles
{
    /// <summary>The files.</summary>
    IReadOnlyList<string> Files { get; }

    /// <summary>Makes it anew; what it was before stays in use when that fails.</summary>
    /// <exception cref="ProxyException">A file cannot be read, or they do not belong together.</exception>
    void Refresh();
}
