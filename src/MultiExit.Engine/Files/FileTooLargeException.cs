using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Files;

/// <summary>A file is larger than anything of its kind.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Always has a message.")]
internal sealed class FileTooLargeException(int limit) : IOException($"It is larger than {Size(limit)}.")
{
    private static string Size(int bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes >> 10} KiB";
}
