using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Commands;

/// <summary>The common part of the cmdlets that set something up or remove it: ask with the commands in view, run them, report what was done.</summary>
public abstract class ProvisioningChangeCommand : ProvisioningCommand
{
    /// <summary>Write the exits or inbounds as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    // The action that -Confirm asks about.
    private protected abstract string Action { get; }

    private protected abstract bool Removes { get; }

    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? ((SwitchParameter)given).IsPresent
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    private protected abstract Provisioner ManagerOf(GatewayConfig config);

    private protected abstract void WriteStatus(string file, GatewayConfig config);

    private protected override void Process(string file, string target, GatewayConfig config)
    {
        Provisioner manager = ManagerOf(config);
        IReadOnlyList<string> commands = Commands(manager);
        if (commands.Count == 0)
        {
            WriteVerbose($"{config.Name}: nothing to do");
        }
        else
        {
            string text = $"{Action} for the configuration '{config.Name}':{Environment.NewLine}{string.Join(Environment.NewLine, commands)}";
            if (!ShouldProcess(text, text, Action)) return;
            foreach (string step in Await(token => Removes ? manager.RemoveAsync(token) : manager.ApplyAsync(token)))
                WriteVerbose($"{config.Name}: {step}");
        }

        if (PassThru) WriteStatus(file, config);
    }

    private IReadOnlyList<string> Commands(Provisioner manager)
    {
        try
        {
            return Await(token => manager.PreviewAsync(Removes, token));
        }
        catch (ProxyException failure) when (!Removes && failure.Reason == ProxyError.PermissionDenied && IsWhatIf)
        {
            // A user who may not look at the system can still see the commands for a system without a set-up.
            return manager.Plan();
        }
    }
}
