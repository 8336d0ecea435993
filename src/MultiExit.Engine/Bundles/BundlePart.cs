namespace MultiExit.Engine.Bundles;

/// <summary>A file of a bundle.</summary>
/// <param name="Name">Its path in the bundle.</param>
/// <param name="Lines">Its lines; a failure makes it a missing part, and the rest stays.</param>
internal sealed record BundlePart(string Name, Func<CancellationToken, IAsyncEnumerable<string>> Lines)
{
    /// <summary>A file that is there as a whole.</summary>
    public static BundlePart Of(string name, Func<CancellationToken, Task<IEnumerable<string>>> lines) => new(name, token => Enumerate(lines(token)));

    private static async IAsyncEnumerable<string> Enumerate(Task<IEnumerable<string>> lines)
    {
        foreach (string line in await lines.ConfigureAwait(false)) yield return line;
    }
}
