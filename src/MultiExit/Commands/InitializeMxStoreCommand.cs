using System.Globalization;
using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Initialize-MxStore: makes the tables of the store of a fleet, or brings them to the version of this program.</summary>
[Cmdlet(VerbsData.Initialize, "MxStore", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxStore))]
public sealed class InitializeMxStoreCommand : ConfigFileCommand
{
    private protected override void Process(string file, string target)
    {
        ConfigResult result = ConfigLoader.LoadFile(file);
        if (!result.IsValid)
        {
            WriteError(NewError(result, target));
            return;
        }
        if (result.Config.Fleet is not { } fleet)
        {
            WriteError(NewError("NoFleet", ErrorCategory.InvalidArgument, target, $"The configuration '{file}' has no `fleet`, and so no store."));
            return;
        }
        // Read first, so that what is asked about is what is done.
        StoreStatus found = Await(token => FleetTables.ReadAsync(fleet, token));
        if (found.Version != found.Needed && !ShouldProcess(found.Store, ActionOf(found))) return;
        WriteObject(new MxStore(file, fleet.Name, Await(token => FleetTables.InitializeAsync(fleet, token))));
    }

    private static string ActionOf(StoreStatus found) => found.Version == 0
        ? string.Create(CultureInfo.InvariantCulture, $"Make the tables of version {found.Needed}")
        : string.Create(CultureInfo.InvariantCulture, $"Bring the tables from version {found.Version} to {found.Needed}");
}
