using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <content>The configuration of the fleet that the server is a node of.</content>
public sealed partial class ControlClient
{
    /// <inheritdoc/>
    public async Task<RolloutStatus?> GetRolloutAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await GetAsync<RolloutStatus>("rollout", cancellationToken).ConfigureAwait(false);
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.RolloutState)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConfigDifference>> CheckRolloutAsync(ConfigDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        return AskAsync<IReadOnlyList<ConfigDifference>>(HttpMethod.Post, RolloutResource.TargetOf, document, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RolloutStatus> PublishConfigAsync(
        ConfigDocument document, RolloutRequest? request = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        return AskAsync<RolloutStatus>(HttpMethod.Put, file => RolloutResource.TargetOf(file, request ?? new RolloutRequest()), document, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RolloutStatus> ConfirmRolloutAsync(CancellationToken cancellationToken = default) =>
        PostAsync<RolloutStatus>("rollout/confirm", null, AnswerTimeout, cancellationToken);

    /// <inheritdoc/>
    public Task<RolloutStatus> UndoRolloutAsync(string? who = null, CancellationToken cancellationToken = default) =>
        PostAsync<RolloutStatus>("rollout/undo", null, AnswerTimeout, cancellationToken);

    // The name of the file is for errors only. A server of an older version refuses it, before it has done anything, and is asked without it: nodes of a
    // fleet are upgraded one after the other.
    private async Task<T> AskAsync<T>(HttpMethod method, Func<string?, string> targetOf, ConfigDocument document, CancellationToken cancellationToken)
    {
        if (document.File is { } file)
        {
            try
            {
                return await AskAsync<T>(method, targetOf(file), ContentOf(document), AnswerTimeout, cancellationToken).ConfigureAwait(false);
            }
            catch (ProxyException exception) when (exception.Message.StartsWith(ControlQuery.NoParameter(RolloutResource.File), StringComparison.Ordinal))
            {
                // As below.
            }
        }
        return await AskAsync<T>(method, targetOf(null), ContentOf(document), AnswerTimeout, cancellationToken).ConfigureAwait(false);
    }
}
