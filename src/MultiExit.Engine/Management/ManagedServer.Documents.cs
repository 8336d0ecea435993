using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Management;

/// <content>Configurations as documents, not understood yet.</content>
public sealed partial class ManagedServer
{
    /// <summary>The configuration in force, and what is known of it.</summary>
    public ConfigStatus GetConfig()
    {
        ConfigResult inForce = _inForce;
        return new ConfigStatus(
            Gateway.Config.Name, _file, inForce.Dialect, inForce.Sha256, inForce.Config!.History?.Directory, _version, _pending, IsWatched, _lastReloadError,
            HashOfFile(), Gateway.Config.ControlSocket,
            [.. ConfigComparison.Describe(inForce).Select(setting => $"{setting.Path}: {setting.After}")]) { Warnings = Gateway.GetWarnings() };
    }

    /// <summary>What a document would change, secrets masked.</summary>
    /// <param name="document">The document; null: the server's own file as it is now.</param>
    /// <exception cref="ProxyException">It is not valid; the exception has all faults.</exception>
    public IReadOnlyList<ConfigDifference> Check(ConfigDocument? document)
    {
        ConfigResult config = Read(document);
        return config.IsValid ? ConfigComparison.Between(_inForce, config) : throw config.ToException();
    }

    /// <summary>What a version has otherwise than another, secrets masked.</summary>
    /// <param name="number">The earlier version.</param>
    /// <param name="with">The later version; null: what is in force.</param>
    /// <exception cref="ProxyException">There is no such version, or no history.</exception>
    public IReadOnlyList<ConfigDifference> CompareVersions(int number, int? with = null) =>
        ConfigComparison.Between(LoadVersion(number), with is { } later ? LoadVersion(later) : _inForce);

    /// <summary>What it would change to restore a version, secrets masked.</summary>
    /// <exception cref="ProxyException">There is no such version, or it is not valid any more; the exception has all faults.</exception>
    public IReadOnlyList<ConfigDifference> CheckVersion(int number)
    {
        ConfigResult config = LoadVersion(number);
        return config.IsValid ? ConfigComparison.Between(_inForce, config) : throw config.ToException($"version {number} is not valid any more");
    }

    /// <summary>Puts a document in force and keeps it as a version.</summary>
    /// <param name="document">The document; null: the server's own file as it is now.</param>
    /// <param name="request">Why, and whether it has to be confirmed or probed.</param>
    /// <param name="cancellationToken">Ends the wait for other changes, and the probe.</param>
    /// <exception cref="ProxyException">It is not valid, and the exception has all faults; or it cannot be put in force. The earlier one stays,
    /// or is back.</exception>
    public async Task<ConfigStatus> SetAsync(ConfigDocument? document, ConfigRequest? request = null, CancellationToken cancellationToken = default)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ConfigResult config = Read(document);
            if (!config.IsValid)
            {
                Refuse(config);
                throw config.ToException("the configuration is not valid, the earlier one stays");
            }
            if (document is null && request?.FileSha256 is { } expected && !string.Equals(expected, config.Sha256, StringComparison.OrdinalIgnoreCase))
                throw new ProxyException(ProxyError.ServerState, $"{_file} has changed since it was checked, and nothing is put in force; try again");
            await ChangeAsync(config, request ?? new ConfigRequest(), cancellationToken).ConfigureAwait(false);
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
            return ConfigLoader.LoadFile(_file ?? throw new ProxyException(ProxyError.ServerState, $"the server {Gateway.Config.Name} has no file that it could read again"));
        // Somebody may have read the server's own file for it.
        bool isInFile = document.IsInFile || (_file is not null && string.Equals(document.File, _file, StringComparison.Ordinal)
            && string.Equals(DocumentFile.Read(_file).Text, document.Text, StringComparison.Ordinal));
        return ConfigLoader.Parse(new ConfigDocument(document.Text, document.File, isInFile), document.Name ?? document.File);
    }
}
