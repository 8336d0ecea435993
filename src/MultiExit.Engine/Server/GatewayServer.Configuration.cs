using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Management;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <content>The configuration, which is the manager's business, for who controls the server.</content>
public sealed partial class GatewayServer
{
    /// <summary>Who knows where the configuration comes from.</summary>
    /// <exception cref="ProxyException">There is nobody.</exception>
    internal ManagedServer Managed => _manager
        ?? throw new ProxyException(ProxyError.ServerState, $"the server {_config.Name} was not started from a file; nobody keeps its configuration");

    Task<ConfigStatus> IServerControl.GetConfigAsync(CancellationToken cancellationToken) => Task.FromResult(Managed.GetConfig());

    Task<IReadOnlyList<ConfigDifference>> IServerControl.CheckConfigAsync(ConfigDocument? document, CancellationToken cancellationToken) =>
        Task.FromResult(Managed.Check(document));

    Task<ConfigStatus> IServerControl.SetConfigAsync(ConfigDocument? document, ConfigRequest? request, CancellationToken cancellationToken) =>
        Managed.SetAsync(document, request, cancellationToken);

    Task<IReadOnlyList<ConfigDifference>> IServerControl.CheckEditsAsync(IReadOnlyList<ConfigEdit> edits, CancellationToken cancellationToken) =>
        Task.FromResult(Managed.CheckEdits(edits));

    Task<ConfigStatus> IServerControl.EditConfigAsync(IReadOnlyList<ConfigEdit> edits, ConfigRequest? request, CancellationToken cancellationToken) =>
        Managed.EditAsync(edits, request, cancellationToken);

    async Task<ConfigStatus> IServerControl.ConfirmConfigAsync(CancellationToken cancellationToken)
    {
        await Managed.ConfirmAsync(cancellationToken).ConfigureAwait(false);
        return Managed.GetConfig();
    }

    Task<IReadOnlyList<ConfigVersion>> IServerControl.GetVersionsAsync(CancellationToken cancellationToken) => Task.FromResult(Managed.GetVersions());

    Task<IReadOnlyList<ConfigDifference>> IServerControl.CompareVersionsAsync(int number, int? with, CancellationToken cancellationToken) =>
        Task.FromResult(Managed.CompareVersions(number, with));

    Task<IReadOnlyList<ConfigDifference>> IServerControl.CheckVersionAsync(int number, CancellationToken cancellationToken) =>
        Task.FromResult(Managed.CheckVersion(number));

    Task<ConfigVersion> IServerControl.RestoreVersionAsync(int number, CancellationToken cancellationToken) =>
        Managed.RestoreAsync(number, null, cancellationToken);
}
