using System.Management.Automation;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>The common part of all cmdlets: waiting on the pipeline thread that Ctrl+C ends, and errors with stable ids.</summary>
public abstract partial class MxCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, object?> _typed = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Canceled when the pipeline is stopped.</summary>
    private protected CancellationToken StopToken => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // A value from the pipeline is bound later, and so is the result of a script block on it.
        foreach ((string parameter, object? value) in MyInvocation.BoundParameters)
            _typed[parameter] = value;
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

    /// <summary>Frees the resources of the cmdlet.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _stop.Dispose();
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
        // Text given in the wrong place may be a URL with a password: neither the message nor an inner exception repeats it.
        return ReferenceEquals(shown, target) || target is not string given
            ? NewRecord(new MxException(id, message, inner), category, shown)
            : NewRecord(new MxException(id, message.Replace(given, (string)shown!, StringComparison.Ordinal)), category, shown);
    }

    private static ErrorRecord NewRecord(MxException exception, ErrorCategory category, object? target) => new(exception, exception.Reason, category, target)
    {
        ErrorDetails = new ErrorDetails(exception.Message) { RecommendedAction = RecommendedActions.Of(exception.Reason) ?? "" },
    };

    // The item as an error shows it: URLs without their secret parts.
    private static object? Shown(object? target) => target switch
    {
        string text when ShownUrl.IfUrl(text) is var shown && !string.Equals(shown, text, StringComparison.Ordinal) => shown,
        string[] texts when texts.Any(text => ShownUrl.IfUrl(text) != text) => Array.ConvertAll(texts, ShownUrl.IfUrl),
        _ => target,
    };

    private protected static ErrorRecord NewError(Exception exception, object? target) => exception switch
    {
        ProxyException { ConfigErrors.Count: > 0 } proxy => NewError(proxy.ConfigErrors, target, proxy),
        MxException own => NewError(own, target),
        ProxyException proxy => NewError(proxy.Reason.ToString(), Category(proxy.Reason), target, proxy.Message, proxy),
        _ => NewError(nameof(ProxyError.Unexpected), ErrorCategory.NotSpecified, target, exception.Message, exception),
    };

    private protected static ErrorRecord NewError(ConfigResult result, object? target) => NewError(result.Errors, target);

    private static ErrorRecord NewError(IReadOnlyList<ConfigError> faults, object? target, Exception? inner = null)
    {
        MxConfigError[] errors = [.. faults.Select(error => new MxConfigError(error))];
        string message = errors.Length == 1
            ? $"The configuration is not valid: {errors[0]}"
            : $"The configuration is not valid, {errors.Length} errors:{Environment.NewLine}"
                + string.Join(Environment.NewLine, errors.Select(e => e.ToString()));
        const string Id = nameof(ProxyError.InvalidConfiguration);
        return NewRecord(new MxException(Id, message, inner, errors), ErrorCategory.InvalidData, Shown(target));
    }

    /// <summary>Writes the warnings about a configuration, each with the id of its kind.</summary>
    /// <param name="about">The server's name, or the file.</param>
    /// <param name="warnings">The warnings.</param>
    private protected void WriteWarnings(string about, IEnumerable<ServerWarning> warnings)
    {
        foreach (ServerWarning warning in warnings)
            WriteWarning($"{about}: {warning}");
    }

    /// <summary>Runs an action; a failure is an error record about the target.</summary>
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

    /// <summary>Whether a parameter has its value from the pipeline: it was not bound to it at the beginning, and is now.</summary>
    private protected bool IsPiped(string parameter, object? value) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out object? bound) && Equals(bound, value)
        && !(_typed.TryGetValue(parameter, out object? typed) && Equals(typed, value));

    /// <summary>The names that a parameter asks for: patterns where they were typed, names as they are where they come through the pipeline.</summary>
    /// <param name="names">The parameter's property itself, which names the parameter.</param>
    /// <param name="parameter">The parameter.</param>
    private protected NamePattern[] Wanted(string[] names, [CallerArgumentExpression(nameof(names))] string parameter = "")
    {
        bool isPiped = IsPiped(parameter, names);
        return [.. names.Select(name => isPiped ? NamePattern.Literal(name) : NamePattern.Typed(name))];
    }

    /// <inheritdoc cref="Wanted(string[], string)"/>
    private protected NamePattern Wanted(string name, [CallerArgumentExpression(nameof(name))] string parameter = "") =>
        IsPiped(parameter, name) ? NamePattern.Literal(name) : NamePattern.Typed(name);

    /// <summary>The servers that have these names; a name without wildcards that no server has is an error of its own.</summary>
    private protected IEnumerable<RunningServer> Choose(IReadOnlyCollection<RunningServer> servers, NamePattern[] names, string where)
    {
        foreach (NamePattern name in names)
        {
            RunningServer[] found = name.Choose(servers, server => server.Name);
            if (found.Length == 0 && !name.IsWildcard)
                WriteError(NewError("ServerNotFound", ErrorCategory.ObjectNotFound, name.Text,
                    $"No server named '{name.Text}' runs {where}.{name.Hint}{ElsewhereHint(name.Text)}"));
            foreach (RunningServer server in found)
                yield return server;
        }
    }

    private static string ElsewhereHint(string server) => ServerOrigin.IsElsewhere(server)
        ? " It is a node of a fleet that this session does not reach; Connect-MxServer connects its host." : "";

    private static ErrorCategory Category(ProxyError reason) => reason switch
    {
        ProxyError.InvalidConfiguration => ErrorCategory.InvalidData,
        ProxyError.AddressInUse => ErrorCategory.ResourceBusy,
        ProxyError.AddressNotAvailable => ErrorCategory.InvalidArgument,
        ProxyError.PermissionDenied or ProxyError.OperatorNeeded => ErrorCategory.PermissionDenied,
        ProxyError.CertificateUnreadable => ErrorCategory.ReadError,
        ProxyError.ProtocolViolation => ErrorCategory.ProtocolError,
        ProxyError.MissingLibrary => ErrorCategory.NotInstalled,
        ProxyError.StoreUnreachable => ErrorCategory.ConnectionError,
        ProxyError.StoreSchema or ProxyError.ServerState or ProxyError.TakeoverFailed => ErrorCategory.InvalidOperation,
        ProxyError.FleetOwned or ProxyError.RolloutState => ErrorCategory.InvalidOperation,
        ProxyError.MemberRefused => ErrorCategory.ResourceUnavailable,
        ProxyError.VersionNotFound => ErrorCategory.ObjectNotFound,
        ProxyError.ControlUnreachable or ProxyError.MeasurementFailed => ErrorCategory.ConnectionError,
        _ => ErrorCategory.NotSpecified,
    };
}
