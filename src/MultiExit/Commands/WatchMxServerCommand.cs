using System.Management.Automation;
using System.Management.Automation.Host;
using System.Text;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;

namespace MultiExit.Commands;

/// <summary>Watch-MxServer: what running servers do, as objects or as a screen that is drawn again and again.</summary>
[Cmdlet(VerbsCommon.Watch, "MxServer", DefaultParameterSetName = "Samples")]
[OutputType(typeof(MxServerSample), ParameterSetName = ["Samples"])]
[OutputType(typeof(MxEvent), ParameterSetName = ["Events"])]
public sealed class WatchMxServerCommand : ServerCommand
{
    private static readonly TimeSpan LookForKeys = TimeSpan.FromMilliseconds(50);

    private readonly List<RunningServer> _servers = [];

    /// <summary>The servers' names.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Server")]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>How often they are looked at.</summary>
    [Parameter]
    [Duration(Min = "100ms", Max = "1h")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Ends after so many samples of each server.</summary>
    [Parameter(ParameterSetName = "Samples")]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>Objects, also where nothing takes them but a console.</summary>
    [Parameter(ParameterSetName = "Samples")]
    public SwitchParameter AsObject { get; set; }

    /// <summary>Events of these types alone, as they come.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Events")]
    [ArgumentCompleter(typeof(EventTypeCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Event { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (RunningServer server in Find(Wanted(Name)))
            if (!_servers.Exists(known => known.Name == server.Name && known.Socket == server.Socket)) _servers.Add(server);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_servers.Count == 0) return;
        bool draws = ParameterSetName == "Samples" && !AsObject && HasScreen();
        string[] types = [.. Types()];
        List<ServerWatch> watches = [.. _servers.Select(server => new ServerWatch(server, types, kept: draws, StopToken))];
        try
        {
            if (draws) DrawAll(watches);
            else if (ParameterSetName == "Events") TellEvents(watches);
            else Sample(watches);
        }
        finally
        {
            foreach (ServerWatch watch in watches) watch.Dispose();
        }
    }

    // Wildcards are matched here; a server knows names.
    private IEnumerable<string> Types()
    {
        foreach (string asked in Event)
        {
            WildcardPattern pattern = new(asked, WildcardOptions.IgnoreCase);
            string[] found = [.. EventNames.All.Where(type => pattern.IsMatch(type))];
            if (found.Length == 0)
            {
                ThrowTerminatingError(NewError("EventTypeNotFound", ErrorCategory.ObjectNotFound, asked,
                    $"There is no type of event '{asked}'; there are {string.Join(", ", EventNames.All)}."));
            }
            foreach (string type in found) yield return type;
        }
    }

    private bool HasScreen() => MyInvocation.PipelinePosition == MyInvocation.PipelineLength && !Console.IsOutputRedirected
        && !Console.IsInputRedirected && Host.Name == "ConsoleHost";

    private void Sample(List<ServerWatch> watches)
    {
        List<ServerWatch> left = [.. watches];
        // The first look has no rates: it is what the first sample is compared with.
        Dictionary<ServerWatch, MxServerSample> first = Look(left);
        left.RemoveAll(watch => !first.ContainsKey(watch));
        for (int made = 0; left.Count > 0 && made != Count; made++)
        {
            Await(token => Task.Delay(Interval, token));
            Dictionary<ServerWatch, MxServerSample> samples = Look(left);
            foreach (ServerWatch watch in left.ToArray())
            {
                if (samples.TryGetValue(watch, out MxServerSample? sample)) WriteObject(sample);
                if (watch.HasEnded) left.Remove(watch);
            }
        }
    }

    private void TellEvents(List<ServerWatch> watches)
    {
        List<ServerWatch> left = [.. watches];
        while (left.Count > 0)
        {
            foreach (ServerWatch watch in left.ToArray())
            {
                // Seen before the events are taken: none comes behind the end.
                bool over = watch.HasEnded;
                WriteObject(watch.TakeEvents(), enumerateCollection: true);
                if (!over) continue;
                left.Remove(watch);
                // Events of a host that is lost end as those of a server that stops.
                ProxyException? fault = watch.Fault;
                if (watch.Server.Host is { IsLost: true } host) fault ??= new ProxyException(ProxyError.ControlUnreachable, $"{host.Target} is lost");
                if (fault is not null) TryServer(watch.Server, () => throw fault);
            }
            if (left.Count == 0) return;
            Await(token => Task.Delay(Interval < LookForKeys ? Interval : LookForKeys, token));
        }
    }

    // All at once. The error of a server that does not answer is one of its own; the others go on.
    private Dictionary<ServerWatch, MxServerSample> Look(List<ServerWatch> watches)
    {
        Dictionary<ServerWatch, MxServerSample> samples = [];
        Task<MxServerSample>[] looks = Start(watches, (watch, token) => watch.LookAsync(sessions: false, token));
        for (int i = 0; i < looks.Length; i++)
        {
            Task<MxServerSample> look = looks[i];
            TryServer(watches[i].Server, () => samples[watches[i]] = Await(_ => look));
        }
        return samples;
    }

    private void DrawAll(List<ServerWatch> watches)
    {
        List<MxEvent> events = [];
        Dictionary<ServerWatch, MxServerSample> last = [];
        try
        {
            Host.UI.Write("\e[?1049h\e[?25l"); // another screen, no cursor
            while (!watches.TrueForAll(watch => watch.HasEnded))
            {
                Task<MxServerSample>[] looks = Start(watches, (watch, token) => watch.LookAsync(sessions: true, token));
                for (int i = 0; i < looks.Length; i++)
                {
                    if (TryTake(looks[i]) is not { } sample) continue;
                    last[watches[i]] = sample;
                    events.AddRange(sample.Events);
                }
                if (events.Count > ServerWatch.MaxListed) events.RemoveRange(0, events.Count - ServerWatch.MaxListed);
                Draw([.. watches.Where(last.ContainsKey).Select(watch => (last[watch], watch.Sessions))], events);
                if (WaitForEnd()) return;
            }
        }
        finally
        {
            Host.UI.Write("\e[?25h\e[?1049l");
        }
    }

    private MxServerSample? TryTake(Task<MxServerSample> look)
    {
        try
        {
            return Await(_ => look);
        }
        catch (ProxyException)
        {
            return null; // the screen keeps what was last known; the end is told by the events
        }
    }

    private void Draw(IReadOnlyList<(MxServerSample, IReadOnlyList<Engine.Status.SessionRecord>)> servers, List<MxEvent> events)
    {
        Size window = Host.UI.RawUI.WindowSize;
        StringBuilder text = new("\e[H");
        foreach (string line in WatchScreen.Draw(servers, events, Math.Max(window.Width, 20), Math.Max(window.Height, 5)))
            text.Append(line).Append("\e[K\r\n");
        // No line feed behind the last line, which would move all up by one.
        text.Length -= 2;
        Host.UI.Write(text.Append("\e[J").ToString());
    }

    private bool WaitForEnd()
    {
        for (TimeSpan waited = TimeSpan.Zero; waited < Interval; waited += LookForKeys)
        {
            while (Host.UI.RawUI.KeyAvailable)
                if (Host.UI.RawUI.ReadKey(ReadKeyOptions.NoEcho | ReadKeyOptions.IncludeKeyDown).Character is 'q' or 'Q') return true;
            Await(token => Task.Delay(LookForKeys, token));
        }
        return false;
    }
}
