using System.Collections.ObjectModel;
using System.Management.Automation;
using MultiExit.Engine;
using MultiExit.Engine.Configuration;

namespace MultiExit.Commands;

/// <summary>What all cmdlets share: waiting on the pipeline thread that Ctrl+C ends, and errors with stable ids.</summary>
public abstract class MxCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The pipeline ended by itself at the same moment.
        }
    }

    /// <summary>Frees what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _stop.Dispose();
    }

    private protected T Await<T>(Func<CancellationToken, Task<T>> work)
    {
        try
        {
            return work(_stop.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private protected void Await(Func<CancellationToken, Task> work) => Await(async token =>
    {
        await work(token).ConfigureAwait(false);
        return true;
    });

    private protected static ErrorRecord NewError(string id, ErrorCategory category, object? target, string message, Exception? inner = null)
    {
        object? shown = Shown(target);
        // What was given in the wrong place may be a URL with a password: neither the message nor what lies beneath it repeats that.
        return ReferenceEquals(shown, target) || target is not string given
            ? new ErrorRecord(new MxException(id, message, inner), id, category, shown)
            : new ErrorRecord(new MxException(id, message.Replace(given, (string)shown!, StringComparison.Ordinal)), id, category, shown);
    }

    // The item as an error shows it: URLs without what is secret in them.
    private static object? Shown(object? target) => target switch
    {
        string text when ShownUrl.IfUrl(text) is var shown && !string.Equals(shown, text, StringComparison.Ordinal) => shown,
        string[] texts => Array.ConvertAll(texts, ShownUrl.IfUrl),
        _ => target,
    };

    private protected static ErrorRecord NewError(Exception exception, object? target) => exception switch
    {
        ProxyException { ConfigErrors.Count: > 0 } proxy => NewError(proxy.ConfigErrors, target, proxy),
        ProxyException proxy => NewError(proxy.Reason.ToString(), Category(proxy.Reason), target, proxy.Message, proxy),
        _ => NewError(nameof(ProxyError.Unexpected), ErrorCategory.NotSpecified, target, exception.Message, exception),
    };

    private protected static ErrorRecord NewError(ConfigResult result, object? target) => NewError(result.Errors, target);

    private static ErrorRecord NewError(IReadOnlyList<ConfigError> faults, object? target, Exception? inner = null)
    {
        MxConfigError[] errors = [.. faults.Select(error => new MxConfigError(error))];
        string message = errors.Length == 1
            ? $"The configuration is not valid: {errors[0]}"
            : $"The configuration is not valid, {errors.Length} errors:{Environment.NewLine}{string.Join(Environment.NewLine, errors.Select(e => e.ToString()))}";
        const string Id = nameof(ProxyError.InvalidConfiguration);
        return new ErrorRecord(new MxException(Id, message, inner, errors), Id, ErrorCategory.InvalidData, Shown(target));
    }

    /// <summary>Does something; a failure is an error record about the target.</summary>
    /// <returns>Whether it was done.</returns>
    private protected bool Try(object target, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            WriteError(NewError(exception, target));
            return false;
        }
    }

    /// <summary>The servers of this session of these names; a name without wildcards that matches none is an error of its own.</summary>
    private protected IEnumerable<RunningServer> FindServers(string[] names) => Choose(ServerRegistry.All(), names, "in this session");

    /// <summary>Those of the servers that have these names; a name without wildcards that none has is an error of its own.</summary>
    private protected IEnumerable<RunningServer> Choose(IReadOnlyCollection<RunningServer> servers, string[] names, string where)
    {
        foreach (string name in names)
        {
            var wildcard = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            RunningServer[] found = [.. servers.Where(server => wildcard.IsMatch(server.Name))];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                WriteError(NewError("ServerNotFound", ErrorCategory.ObjectNotFound, name, $"No server named '{name}' runs {where}."));
            foreach (RunningServer server in found)
                yield return server;
        }
    }

    /// <summary>The files of a path, with wildcards unless it is literal; a path that is none is an error of its own.</summary>
    private protected Collection<string> ResolveFiles(string path, bool literal)
    {
        try
        {
            Collection<string> files = literal
                ? [SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _)]
                : SessionState.Path.GetResolvedProviderPathFromPSPath(path, out provider);
            if (provider.Name == "FileSystem")
                return files;

            WriteError(NewError("NotAFile", ErrorCategory.InvalidArgument, path, $"'{path}' is not in the file system."));
        }
        catch (Exception exception) when (exception is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            WriteError(NewError("PathNotFound", ErrorCategory.ObjectNotFound, path, exception.Message, exception));
        }

        return [];
    }

    private static ErrorCategory Category(ProxyError reason) => reason switch
    {
        ProxyError.InvalidConfiguration => ErrorCategory.InvalidData,
        ProxyError.AddressInUse => ErrorCategory.ResourceBusy,
        ProxyError.AddressNotAvailable => ErrorCategory.InvalidArgument,
        ProxyError.PermissionDenied => ErrorCategory.PermissionDenied,
        ProxyError.CertificateUnreadable => ErrorCategory.ReadError,
        ProxyError.ProtocolViolation => ErrorCategory.ProtocolError,
        ProxyError.MissingLibrary => ErrorCategory.NotInstalled,
        ProxyError.ServerState => ErrorCategory.InvalidOperation,
        ProxyError.VersionNotFound => ErrorCategory.ObjectNotFound,
        ProxyError.ControlUnreachable => ErrorCategory.ConnectionError,
        _ => ErrorCategory.NotSpecified,
    };
}
