using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>The common part of Install-MxSnat and Uninstall-MxSnat: ask with the commands in view, run them, report what was done.</summary>
public abstract class SnatChangeCommand : SnatCommand
{
    /// <summary>Write the exits as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    // The action that -Confirm asks about.
    private protected abstract string Action { get; }

    private protected abstract bool Removes { get; }

    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? ((SwitchParameter)given).IsPresent
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    private protected abstract Task<IReadOnlyList<string>> ChangeAsync(SnatManager manager, CancellationToken cancellationToken);

    // The commands to show where the present state cannot be read; null when the failure is to be reported.
    private protected abstract IReadOnlyList<string>? PlanWithout(ProxyException failure, SnatManager manager);

    private protected override void Process(string file, string target, GatewayConfig config, SnatManager manager)
    {
        IReadOnlyList<string> commands = Commands(manager);
        if (commands.Count == 0)
        {
            WriteVerbose($"{config.Name}: nothing to do");
        }
        else
        {
            string text = $"{Action} for the configuration '{config.Name}':{Environment.NewLine}{string.Join(Environment.NewLine, commands)}";
            if (!ShouldProcess(text, text, Action)) return;
            foreach (string step in Await(token => ChangeAsync(manager, token)))
                WriteVerbose($"{config.Name}: {step}");
        }

        if (PassThru) WriteExits(file, config, manager);
    }

    private IReadOnlyList<string> Commands(SnatManager manager)
    {
        try
        {
            return Await(token => manager.PreviewAsync(Removes, token));
        }
        catch (ProxyException failure)
        {
            if (PlanWithout(failure, manager) is { } plan) return plan;
            throw;
        }
    }
}
