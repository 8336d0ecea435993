using System.Globalization;
using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <content>The configuration of a fleet.</content>
public sealed partial class SetMxConfigCommand
{
    private const string FleetSet = "Fleet";

    /// <summary>The fleet whose nodes all get the configuration.</summary>
    [Parameter(ParameterSetName = FleetSet, Mandatory = true)]
    [ArgumentCompleter(typeof(FleetNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Fleet { get; set; } = "";

    /// <summary>How many nodes get it before the others.</summary>
    [Parameter(ParameterSetName = FleetSet)]
    [ValidateRange(0, 1000)]
    public int Canary { get; set; }

    /// <summary>How long nodes have to run it well before it counts as good.</summary>
    [Parameter(ParameterSetName = FleetSet)]
    [Duration(Max = "1h")]
    public TimeSpan Hold { get; set; } = RolloutRequest.DefaultHold;

    private void Publish(Destination? probe)
    {
        foreach ((RunningServer server, FleetStatus fleet) in FindFleets([NamePattern.Literal(Fleet)], [Wanted(Name)]))
        {
            Try(Path!, () =>
            {
                ConfigDocument document = ConfigDocument.Read(ExistingFile(Path!));
                IReadOnlyList<ConfigDifference> differences = Await(token => server.Control.CheckRolloutAsync(document, token));
                string changes = differences.Count == 0 ? "nothing differs" : string.Join(Environment.NewLine, differences);
                string text = $"Publish {Path} for the fleet '{fleet.Fleet}', which changes on the server '{server.Name}':{Environment.NewLine}{changes}";
                if (!ShouldProcess(text, text, "Publish configuration")) return;
                RolloutRequest request = new() { Canary = Canary, Hold = Hold, ConfirmWithin = ConfirmWithin, Probe = probe, Message = Message };
                RolloutStatus rollout = Await(token => server.Control.PublishConfigAsync(document, request, token));
                if (rollout.NeedsConfirmation)
                {
                    string until = (DateTime.Now + rollout.Left).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
                    WriteWarning($"{fleet.Fleet}: version {rollout.Version} is rolled back on all nodes at {until} unless you run: "
                        + $"Confirm-MxConfig -Fleet {NameCompleter.Quote(fleet.Fleet)}");
                }
                if (PassThru) WriteObject(new MxRollout(server, rollout));
            });
        }
    }
}
