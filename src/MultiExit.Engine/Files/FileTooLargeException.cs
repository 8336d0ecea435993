using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Files;

/// <summary>A file is larger than anything of its kind.</summary>
/// <param name="limit">The most bytes it may have.</param>
[SuppressMessage("Design", "CA1032", Justification = "Always has a message.")]
internal sealed class FileTooLargeException(int limit) : IOException($"The file {Describe(limit)}.")
{
    /// <summary>The end of a sentence that begins with the file.</summary>
    public string Problem { get; } = Describe(limit);

    private static string Describe(int limit) => $"is larger than {(limit >= 1 << 20 ? $"{limit >> 20} MiB" : $"{limit >> 10} KiB")}";
}
