using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Engine.Services;

/// <summary>Makes configurations services of systemd, and tells how they are. Linux with systemd only; changes need root.</summary>
public sealed class ServiceManager
{
    private const string Program = "systemctl";

    private readonly ICommandRunner _system;
    private readonly string _folder;

    /// <summary>The services of this host.</summary>
    public ServiceManager()
        : this(new SystemCommandRunner(), "/etc/systemd/system")
    {
    }

    internal ServiceManager(ICommandRunner system, string folder)
    {
        _system = system;
        _folder = folder;
    }

    private string SocketTemplate => Path.Combine(_folder, ServiceNames.SocketTemplate);

    private string Template => Path.Combine(_folder, ServiceNames.Template);

    /// <summary>What <see cref="InstallAsync"/> would do: commands, and files with their texts. Changes nothing.</summary>
    /// <exception cref="ProxyException">The name or the configuration is not valid.</exception>
    public IReadOnlyList<string> PreviewInstallation(ServiceRequest request, bool start) => [.. Installation(request, start).Lines()];

    /// <summary>What the service will not be able to read, each a sentence with what helps.</summary>
    public static IReadOnlyList<string> FindUnreadable(ServiceRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        List<string> found = [];
        if (ServiceSight.WhyNot(request.ConfigFile) is { } config)
            found.Add($"The service will not read its configuration: {config}. Have it as /etc/multiexit/{request.Name}.yaml, readable by all.");
        if (ServiceSight.WhyNot(request.Host) is { } host)
            found.Add($"The service will not find its program: {host}. Have the module where services can read it, as /usr/local/share/powershell/Modules is.");
        return found;
    }

    /// <summary>What <see cref="UninstallAsync"/> would do. Changes nothing.</summary>
    public IReadOnlyList<string> PreviewRemoval(string name) => [.. Removal(name).Lines()];

    /// <summary>Writes the unit files, and has the service start with the system. Doing it again brings them up to date; a service that runs goes on as it
    /// is until it is restarted.</summary>
    /// <param name="request">The service.</param>
    /// <param name="start">Whether it is started now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its state.</returns>
    /// <exception cref="ProxyException">It cannot be done, or the service does not start; files that were written stay.</exception>
    public async Task<ServiceState> InstallAsync(ServiceRequest request, bool start, CancellationToken cancellationToken = default)
    {
        ServicePlan plan = Installation(request, start);
        await CarryOutAsync(plan, cancellationToken).ConfigureAwait(false);
        return await ShowAsync([plan.Unit], cancellationToken).ConfigureAwait(false) is [{ } state, ..] ? state
            : throw new ProxyException(ProxyError.Provisioning, $"systemd does not know {plan.Unit}, although its files are written");
    }

    /// <summary>Stops a service and takes its files away; its configuration, state and logs stay.</summary>
    /// <exception cref="ProxyException">It cannot be done.</exception>
    public Task UninstallAsync(string name, CancellationToken cancellationToken = default) => CarryOutAsync(Removal(name), cancellationToken);

    /// <summary>The services that are installed or running, by name.</summary>
    /// <exception cref="ProxyException">There is no systemd, or it does not answer.</exception>
    public async Task<IReadOnlyList<ServiceState>> ListAsync(CancellationToken cancellationToken = default)
    {
        string loaded = await _system.DemandAsync(Program,
            ["list-units", "--all", "--plain", "--no-legend", "--full", ServiceNames.UnitOf("*")], null, cancellationToken).ConfigureAwait(false);
        string[] units = [.. loaded.Split('\n').Select(line => line.Trim().Split(' ', 2)[0]).Concat(Installed().Select(ServiceNames.UnitOf))
            .Where(unit => ServiceNames.NameOf(unit) is not null).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return units.Length == 0 ? [] : await ShowAsync(units, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<ServiceState>> ShowAsync(IReadOnlyList<string> units, CancellationToken cancellationToken) => ServiceListing.Read(
        await _system.DemandAsync(Program, ["show", "--timestamp=unix", "-p", ServiceListing.Properties, .. units], null, cancellationToken)
            .ConfigureAwait(false));

    private ServicePlan Installation(ServiceRequest request, bool start)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request.Name);
        ConfigResult config = ConfigLoader.CheckText(request.ConfigFile);
        if (!config.IsValid) throw config.ToException();
        ServiceNeeds needs = ServiceNeeds.Of(config.Config, request.HasSockets);
        if (request.HasSockets && needs.Sockets.Count == 0)
            throw new ProxyException(ProxyError.InvalidConfiguration, "systemd can open no socket of this configuration: no inbound has a port of its own");
        string[] units = request.HasSockets
            ? [ServiceNames.SocketUnitOf(request.Name), ServiceNames.UnitOf(request.Name)] : [ServiceNames.UnitOf(request.Name)];
        List<ServiceFile> files =
        [
            new(Template, ServiceUnits.Template(request.Host)),
            new(DropInOf(request.Name), ServiceUnits.DropIn(request, needs, config.Credentials)),
        ];
        if (request.HasSockets)
            files.AddRange([new(SocketTemplate, ServiceUnits.SocketTemplate), new(SocketDropInOf(request.Name), ServiceUnits.SocketDropIn(request, needs))]);
        ServiceFile[] written = [.. files.Where(file => !File.Exists(file.Path) || File.ReadAllText(file.Path) != file.Text)];
        // A service that had its sockets from systemd, and does not any more.
        bool hadSockets = !request.HasSockets && File.Exists(SocketDropInOf(request.Name));
        List<string[]> before = hadSockets ? [["disable", ServiceNames.SocketUnitOf(request.Name)]] : [];
        string[] deleted = hadSockets ? SocketFilesOf(request.Name) : [];
        List<string[]> after = written.Length + deleted.Length == 0 ? [] : [["daemon-reload"]];
        after.Add(["enable", .. units]);
        if (start) after.AddRange(units.Select(unit => (string[])["start", unit]));
        return new ServicePlan(units[^1], written, deleted, before, after);
    }

    private ServicePlan Removal(string name)
    {
        Check(name);
        if (!Installed().Contains(name, StringComparer.Ordinal))
            throw new ProxyException(ProxyError.ServerState, $"there is no service named {name} that Install-MxService has made");
        string unit = ServiceNames.UnitOf(name);
        List<string> deleted = [DropInOf(name)];
        // The template goes with the last of its instances.
        if (Installed().Count() == 1 && File.Exists(Template)) deleted.Add(Template);
        bool hasSockets = File.Exists(SocketDropInOf(name));
        if (hasSockets) deleted.AddRange(SocketFilesOf(name));
        // The sockets first: a client that comes in between would start the service again.
        string[] stop = hasSockets ? ["disable", "--now", ServiceNames.SocketUnitOf(name), unit] : ["disable", "--now", unit];
        return new ServicePlan(unit, [], deleted, [stop], [["daemon-reload"]]);
    }

    private async Task CarryOutAsync(ServicePlan plan, CancellationToken cancellationToken)
    {
        foreach (string[] command in plan.Commands) await RunAsync(command, plan.Unit, cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (ServiceFile file in plan.Written) Write(file);
            foreach (string file in plan.Deleted) Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProxyException(ProxyError.Provisioning, $"the units in {_folder} cannot be changed: {exception.Message}; run as root", exception);
        }
        foreach (string[] command in plan.After) await RunAsync(command, plan.Unit, cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(string[] command, string unit, CancellationToken cancellationToken)
    {
        CommandResult result = await _system.RunAsync(Program, command, null, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0) return;
        string why = command[0] != "start" ? "" : command[1].EndsWith(".socket", StringComparison.Ordinal)
            ? $"; while the service runs, systemd does not open its sockets: systemctl stop {unit} && systemctl start {unit}"
            : $"; the log says why: journalctl -u {unit} -n 20";
        throw new ProxyException(ProxyError.Provisioning, $"`systemctl {string.Join(' ', command)}` failed: {result.Reason}{why}");
    }

    private static void Write(ServiceFile file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
        Files.AtomicFile.Write(file.Path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(file.Text)));
        // A unit holds no secret, and users look at it with systemctl cat.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static void Delete(string file)
    {
        File.Delete(file);
        string folder = Path.GetDirectoryName(file)!;
        if (folder.EndsWith(".d", StringComparison.Ordinal) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }

    private string DropInOf(string name) => Path.Combine(_folder, $"{ServiceNames.UnitOf(name)}.d", "multiexit.conf");

    private string SocketDropInOf(string name) => Path.Combine(_folder, $"{ServiceNames.SocketUnitOf(name)}.d", "multiexit.conf");

    // The template goes with the last of its instances.
    private string[] SocketFilesOf(string name) =>
        Directory.EnumerateDirectories(_folder, ServiceNames.SocketUnitOf("*") + ".d").Count() == 1 && File.Exists(SocketTemplate)
            ? [SocketDropInOf(name), SocketTemplate] : [SocketDropInOf(name)];

    private IEnumerable<string> Installed() => !Directory.Exists(_folder) ? [] : Directory.EnumerateDirectories(_folder, ServiceNames.UnitOf("*") + ".d")
        .Where(folder => File.Exists(Path.Combine(folder, "multiexit.conf")))
        .Select(folder => ServiceNames.NameOf(Path.GetFileName(folder)[..^2])).OfType<string>();

    private static void Check(string name)
    {
        if (!ServiceNames.IsValid(name))
        {
            throw new ProxyException(
                ProxyError.InvalidConfiguration, "the name of a service is 1 to 64 letters of ASCII, digits, _, . and -, the first no . or -");
        }
    }
}
