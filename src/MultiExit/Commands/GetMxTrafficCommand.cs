using System.Management.Automation;
using System.Management.Automation.Host;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Get-MxTraffic: the history of traffic, top talkers first.</summary>
[Cmdlet(VerbsCommon.Get, "MxTraffic")]
[OutputType(typeof(MxTraffic))]
public sealed class GetMxTrafficCommand : ServerCommand
{
    private const string NotUnderstood = nameof(NotUnderstood);
    private const int UsualWidth = 80, MaxWidth = 120;

    private static readonly TimeSpan Default = TimeSpan.FromDays(1);

    /// <summary>The servers' names.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <summary>What rows differ in.</summary>
    [Parameter]
    [ValidateSet("user", "exit", "inbound")]
    [ValidateNotNullOrEmpty]
    public string[] By { get; set; } = ["user"];

    /// <summary>From when, or how long ago.</summary>
    [Parameter]
    [Since]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Until when, or how long ago.</summary>
    [Parameter]
    [Since]
    public DateTimeOffset? Until { get; set; }

    /// <summary>The first ones of each server, this many.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Top { get; set; }

    /// <summary>How long a point is.</summary>
    [Parameter]
    [ValidateSet("5m", "1h", "1d")]
    public string? Step { get; set; }

    /// <summary>Draws bars instead of writing objects.</summary>
    [Parameter]
    public SwitchParameter Plot { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        TrafficPeriod period = ReadPeriod();
        AskServers(Wanted(Server), (server, token) => FindAsync(server, period, token), (server, rows) =>
        {
            if (Plot) Draw(server, period, rows);
            else WriteObject(rows, enumerateCollection: true);
        });
    }

    private TrafficPeriod ReadPeriod()
    {
        TrafficFields by = By.Aggregate(TrafficFields.None, (fields, name) => fields | Enum.Parse<TrafficFields>(name, ignoreCase: true));
        DateTimeOffset until = Until ?? DateTimeOffset.Now, since = Since ?? until - Default;
        if (since >= until) Refuse(Since, "-Since is not before -Until.");
        TrafficPeriod period = TrafficPeriod.Of(by, since, until, Step is null ? null : TrafficSteps.Parse(Step));
        if (period.Count > TrafficPeriod.MaxPoints)
            Refuse(Step, $"The period has {period.Count} points, {TrafficPeriod.MaxPoints} is the most; give a longer -Step or a later -Since.");
        return period;
    }

    private async Task<IReadOnlyList<MxTraffic>> FindAsync(RunningServer server, TrafficPeriod period, CancellationToken cancellationToken)
    {
        IReadOnlyList<TrafficRow> totals = await server.Control.FindTrafficAsync(period.Whole, cancellationToken).ConfigureAwait(false);
        ILookup<(string?, string?, string?), TrafficRow> steps = (await server.Control.FindTrafficAsync(period.Steps, cancellationToken)
            .ConfigureAwait(false)).ToLookup(TrafficPeriod.KeyOf);
        ILookup<(string?, string?, string?), TrafficRow> lastWeek = (await server.Control.FindTrafficAsync(period.LastWeek, cancellationToken)
            .ConfigureAwait(false)).ToLookup(TrafficPeriod.KeyOf);
        long all = totals.Sum(row => row.BytesUp + row.BytesDown);
        return [.. totals.OrderByDescending(row => row.BytesUp + row.BytesDown).ThenByDescending(row => row.Sessions)
            .ThenBy(period.LabelOf, StringComparer.Ordinal).Take(Top ?? int.MaxValue)
            .Select(row => new MxTraffic(server, row, period, all, lastWeek[TrafficPeriod.KeyOf(row)].FirstOrDefault(),
                period.Points(steps[TrafficPeriod.KeyOf(row)])))];
    }

    // As Write-Host does: to be seen whatever $InformationPreference says, and redirected with 6> alone.
    private void Draw(RunningServer server, TrafficPeriod period, IReadOnlyList<MxTraffic> rows)
    {
        string title = $"{server.Name}: bytes by {string.Join(", ", By)}, {TableText.Time(period.Since)} to {TableText.Time(period.Until)}";
        foreach (string line in TrafficPlot.Draw(rows, title, Width()))
            WriteInformation(new HostInformationMessage { Message = line.TrimEnd() }, ["PSHOST"]);
    }

    private int Width()
    {
        try
        {
            return Host.UI?.RawUI?.BufferSize.Width is > 20 and var width ? Math.Min(width - 1, MaxWidth) : UsualWidth;
        }
        // What hosts without a screen throw; PowerShell's own default one is among the second kind.
        catch (Exception exception) when (exception is HostException or NotImplementedException or IOException)
        {
            return UsualWidth; // there is no screen
        }
    }

    private void Refuse(object? target, string message) =>
        ThrowTerminatingError(NewError(NotUnderstood, ErrorCategory.InvalidArgument, target, message));
}
