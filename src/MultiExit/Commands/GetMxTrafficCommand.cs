using System.Management.Automation;
using System.Management.Automation.Host;
using MultiExit.Engine.Control;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Get-MxTraffic: the history of traffic, top talkers first.</summary>
[Cmdlet(VerbsCommon.Get, "MxTraffic")]
[OutputType(typeof(MxTraffic))]
public sealed class GetMxTrafficCommand : ServerCommand
{
    private const string NotUnderstood = nameof(NotUnderstood), NodeField = "node";
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
    [ValidateSet("user", "exit", "inbound", NodeField)]
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

    /// <summary>The first ones of each server, or of the fleet, this many.</summary>
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

    /// <summary>The fleet whose nodes are all meant.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FleetNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Fleet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        TrafficPeriod period = ReadPeriod();
        if (Fleet is not null)
        {
            FindInFleet(Fleet, period);
            return;
        }
        AskServers(Wanted(Server), (server, token) => FindAsync(server, period, token), (server, rows) => Write(server.Name, period, rows));
    }

    // The three questions one after the other, as the server asks its nodes; whoever does not answer one of them is in none of the sums.
    private void FindInFleet(string fleet, TrafficPeriod period)
    {
        TrafficQuery[] queries = [period.Whole, period.Steps, period.LastWeek];
        List<IReadOnlyList<NodeAnswer<TrafficRow>>> all = [];
        if (AskFleet(fleet, Wanted(Server), AskAsync) is not var (nodes, _)) return;
        bool byNode = By.Contains(NodeField, StringComparer.OrdinalIgnoreCase);
        HashSet<string> whole = [.. all[0].Select(answer => answer.Node)];
        foreach (IReadOnlyList<NodeAnswer<TrafficRow>> answers in all)
            whole.IntersectWith(answers.Where(answer => answer.State == NodeAnswerState.Answered).Select(answer => answer.Node));
        FleetTraffic[][] rows = [.. all.Select(answers => FleetTraffic.Of(answers.Where(answer => whole.Contains(answer.Node)), byNode).ToArray())];
        Write(fleet, period, Build(node => node is null ? nodes.Server : nodes.OriginOf(node), period, rows[0], rows[1], rows[2]));

        async Task<IReadOnlyList<NodeAnswer<TrafficRow>>> AskAsync(IServerControl control, CancellationToken token)
        {
            foreach (TrafficQuery query in queries) all.Add(await control.FindFleetTrafficAsync(query, token).ConfigureAwait(false));
            return [.. all.SelectMany(answers => answers)];
        }
    }

    private void Write(string of, TrafficPeriod period, IReadOnlyList<MxTraffic> rows)
    {
        if (Plot) Draw(of, period, rows);
        else if (Fleet is null) WriteObject(rows, enumerateCollection: true);
        else foreach (MxTraffic row in rows) WriteObject(InView(row, "Fleet"));
    }

    private TrafficPeriod ReadPeriod()
    {
        if (Fleet is null && By.Contains(NodeField, StringComparer.OrdinalIgnoreCase)) Refuse(By, "-By node is of no use without -Fleet.");
        TrafficFields by = By.Where(name => !NodeField.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Aggregate(TrafficFields.None, (fields, name) => fields | Enum.Parse<TrafficFields>(name, ignoreCase: true));
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
        IReadOnlyList<TrafficRow> steps = await server.Control.FindTrafficAsync(period.Steps, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<TrafficRow> lastWeek = await server.Control.FindTrafficAsync(period.LastWeek, cancellationToken).ConfigureAwait(false);
        return Build(_ => server, period, [.. FleetTraffic.Of(totals)], FleetTraffic.Of(steps), FleetTraffic.Of(lastWeek));
    }

    private IReadOnlyList<MxTraffic> Build(
        Func<string?, ServerOrigin> originOf, TrafficPeriod period, FleetTraffic[] totals, IEnumerable<FleetTraffic> steps, IEnumerable<FleetTraffic> lastWeek)
    {
        ILookup<(string?, string?, string?, string?), TrafficRow> points = steps.ToLookup(each => each.Key, each => each.Row);
        ILookup<(string?, string?, string?, string?), TrafficRow> before = lastWeek.ToLookup(each => each.Key, each => each.Row);
        long all = FleetTraffic.Sum(totals.Select(each => each.Row.BytesUp + each.Row.BytesDown));
        return [.. totals.OrderByDescending(each => each.Row.BytesUp + each.Row.BytesDown).ThenByDescending(each => each.Row.Sessions)
            .ThenBy(each => period.LabelOf(each.Row, each.Node), StringComparer.Ordinal).Take(Top ?? int.MaxValue)
            .Select(each => new MxTraffic(
                originOf(each.Node), each.Row, period, all, before[each.Key].FirstOrDefault(), period.Points(points[each.Key])))];
    }

    // As Write-Host does: to be seen whatever $InformationPreference says, and redirected with 6> alone.
    private void Draw(string of, TrafficPeriod period, IReadOnlyList<MxTraffic> rows)
    {
        string title = $"{of}: bytes by {string.Join(", ", By)}, {TableText.Time(period.Since)} to {TableText.Time(period.Until)}";
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
