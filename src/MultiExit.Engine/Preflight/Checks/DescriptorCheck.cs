using System.Globalization;
using MultiExit.Engine.Services;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>The descriptors that the process may open against <c>limits.connections</c>: one for a client, and one for its target.</summary>
internal sealed class DescriptorCheck() : QuickCheck("descriptors")
{
    private const string Prefix = "Max open files";
    private const int MostLines = 100;

    protected override IEnumerable<PreflightResult> Look(PreflightContext context)
    {
        string? line = context.Files.Lines("proc/self/limits", MostLines).FirstOrDefault(text => text.StartsWith(Prefix, StringComparison.Ordinal));
        if (line is null)
        {
            yield return Skip("this system has no limit of descriptors, or does not show it");
            yield break;
        }
        // The soft limit, which the runtime raises to the hard one at its start.
        string soft = line[Prefix.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("");
        long limit = long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : long.MaxValue;
        int connections = context.Config.Limits.Connections;
        long needed = 2L * connections;
        int wanted = ServiceNeeds.Of(context.Config).Descriptors;
        yield return limit >= needed
            ? Ok($"{(limit == long.MaxValue ? "no limit" : $"{limit} descriptors")} for limits.connections {connections}")
            : Warn($"this process may open {limit} descriptors, and limits.connections {connections} takes {needed} and more",
                $"LimitNOFILE={wanted} in the unit (Install-MxService does), `ulimit -n {wanted}` before the start, or fewer limits.connections");
        if (context.Files.Number("proc/sys/fs/file-max") is { } all && all < needed)
            yield return Warn($"the whole system may open {all} files, and limits.connections {connections} takes {needed} and more",
                $"sysctl -w fs.file-max={2L * wanted}");
    }
}
