using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Dialects;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Management;

/// <content>Changes of parts: weights, users, limits.</content>
public sealed partial class ManagedServer
{
    /// <inheritdoc cref="IServerControl.CheckEditsAsync"/>
    public IReadOnlyList<ConfigDifference> CheckEdits(IReadOnlyList<ConfigEdit> edits)
    {
        ConfigResult present = _state.InForce;
        return ConfigComparison.Between(present, Edit(present, edits));
    }

    /// <inheritdoc cref="IServerControl.EditConfigAsync"/>
    public async Task<ConfigStatus> EditAsync(
        IReadOnlyList<ConfigEdit> edits, ConfigRequest? request = null, CancellationToken cancellationToken = default)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ConfigRequest edit = (request ?? new ConfigRequest()) with { Why = ConfigChange.Edit };
            await ChangeAsync(Edit(_state.InForce, edits), edit, cancellationToken, string.Join(", ", edits)).ConfigureAwait(false);
            return GetConfig();
        }
        finally
        {
            _changing.Release();
        }
    }

    // In the configuration, where that has a place for it; otherwise for as long as the server runs or until another weight is configured.
    /// <inheritdoc/>
    public async Task SetExitWeightAsync(string name, int weight, string? who = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(weight, ExitConfig.MinWeight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, ExitConfig.MaxWeight);
        ConfigResult present = _state.InForce;
        if (WhyNotEdited(present) is not null || present.Config!.Exits.All(exit => exit.Name != name)) Gateway.SetExitWeight(name, weight);
        else await EditAsync([ConfigEdit.SetWeight(name, weight)], new ConfigRequest { Who = who }, cancellationToken).ConfigureAwait(false);
    }

    private ConfigResult Edit(ConfigResult present, IReadOnlyList<ConfigEdit> edits)
    {
        ArgumentNullException.ThrowIfNull(edits);
        if (WhyNotEdited(present) is { } reason) throw new ProxyException(ProxyError.ServerState, $"the server {Gateway.Config.Name} {reason}");
        const string Refused = "nothing has changed, the edited configuration would not be valid";
        ErrorList errors = new(null);
        string? text = ConfigEditor.Apply(present.Document!.Text, edits, errors);
        if (text is null) throw new ConfigResult(null, errors.InFileOrder(), present.Dialect).ToException("nothing has changed");
        ConfigResult config = ConfigLoader.Parse(text, present.Document.File);
        // The edited text is in no file.
        return config.IsValid ? config : throw (config with { Errors = [.. config.Errors.Select(error => error with { File = null })] }).ToException(Refused);
    }

    // The end of a sentence that begins with the server; null when the document can be edited.
    private static string? WhyNotEdited(ConfigResult config)
    {
        if (config.Document is null)
            return "was started from URLs or parameters, and has no document with parts that could be changed; start it from a file (-Config, --config)";
        return config.Dialect == Dialect.Native ? null
            : $"runs a document in the dialect {config.Dialect}, which has other keys; change the file and reload it, or write it in the native schema";
    }
}
