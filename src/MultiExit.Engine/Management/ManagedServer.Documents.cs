using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Management;

/// <content>Configurations as documents that are not parsed yet.</content>
public sealed partial class ManagedServer
{
    private const string EarlierStays = "the configuration is not valid, the earlier one stays";

    /// <inheritdoc cref="IServerControl.GetConfigAsync"/>
    public ConfigStatus GetConfig()
    {
        ChangeState state = _state;
        ConfigResult inForce = state.InForce;
        return new ConfigStatus(
            Gateway.Config.Name, _file, inForce.Dialect, inForce.Sha256, inForce.Config!.History?.Directory, state.Version, state.Pending,
            IsWatched, state.LastError,
            HashOfFile(), Gateway.Config.ControlSocket,
            [.. ConfigComparison.Describe(inForce).Select(setting => $"{setting.Path}: {setting.After}")]) { Warnings = Gateway.GetWarnings() };
    }

    /// <inheritdoc cref="IServerControl.CheckConfigAsync"/>
    public IReadOnlyList<ConfigDifference> Check(ConfigDocument? document)
    {
        ConfigResult config = Read(document);
        return config.IsValid ? ConfigComparison.Between(_state.InForce, config) : throw config.ToException();
    }

    /// <inheritdoc cref="IServerControl.CompareVersionsAsync"/>
    public IReadOnlyList<ConfigDifference> CompareVersions(int number, int? with = null) =>
        ConfigComparison.Between(LoadVersion(number), with is { } later ? LoadVersion(later) : _state.InForce);

    /// <inheritdoc cref="IServerControl.CheckVersionAsync"/>
    public IReadOnlyList<ConfigDifference> CheckVersion(int number)
    {
        ConfigResult config = LoadVersion(number);
        return config.IsValid ? ConfigComparison.Between(_state.InForce, config) : throw config.ToException($"version {number} is not valid any more");
    }

    /// <inheritdoc cref="IServerControl.SetConfigAsync"/>
    public async Task<ConfigStatus> SetAsync(ConfigDocument? document, ConfigRequest? request = null, CancellationToken cancellationToken = default)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ConfigResult config = Read(document);
            if (!config.IsValid)
            {
                Refuse(config);
                throw config.ToException(EarlierStays);
            }
            if (document is null && request?.FileSha256 is { } expected
                && !string.Equals(expected, config.Document is { IsInFile: true } ? config.Sha256 : HashOfFile(), StringComparison.OrdinalIgnoreCase))
                throw new ProxyException(ProxyError.ServerState, $"{_file} has changed since it was checked, and nothing is put in force; try again");
            await ChangeAsync(config, (request ?? new ConfigRequest()) with { IsOwnFile = document is null }, cancellationToken).ConfigureAwait(false);
            return GetConfig();
        }
        finally
        {
            _changing.Release();
        }
    }

    private ConfigResult Read(ConfigDocument? document)
    {
        if (document is null)
        {
            string file = _file ?? throw new ProxyException(ProxyError.ServerState, $"the server {Gateway.Config.Name} has no file that it could read again");
            return ReadOwn(DocumentFile.Read(file));
        }
        // The caller may have read the server's own file for it.
        bool isInFile = document.IsInFile || (_file is not null && string.Equals(document.File, _file, StringComparison.Ordinal)
            && string.Equals(DocumentFile.Read(_file).Text, document.Text, StringComparison.Ordinal));
        return ConfigLoader.Parse(new ConfigDocument(document.Text, document.File, isInFile), document.Name ?? document.File);
    }
}
