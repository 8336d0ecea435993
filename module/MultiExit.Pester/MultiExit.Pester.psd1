@{
    RootModule           = 'MultiExit.Pester.psm1'
    # The same version as MultiExit: the assertions read its objects.
    ModuleVersion        = '0.1.0'
    GUID                 = '6f0f4a36-5c0e-4d5b-9a55-0b2f0f3c8a17'
    Author               = 'MultiExit contributors'
    CompanyName          = 'MultiExit'
    Copyright            = 'Copyright (c) MultiExit contributors. MIT license.'
    Description          = 'Tests for MultiExit configurations with Pester: what a server reaches, where it routes, which address it leaves from, and what it refuses.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    RequiredModules      = @(
        @{ ModuleName = 'MultiExit'; ModuleVersion = '0.1.0'; GUID = '8d0a0c1e-6a0f-4a55-9a3b-2f6d1c7be84f' }
        # The first with New-ShouldAssertion as it is used here.
        @{ ModuleName = 'Pester'; ModuleVersion = '6.2.0'; GUID = 'a699dea5-2c73-4616-a270-1f7abb777e71' }
    )
    FunctionsToExport    = @(
        'Should-MxBeRefused'
        'Should-MxLeaveFrom'
        'Should-MxReach'
        'Should-MxRouteTo'
        'Start-MxTestServer'
    )
    CmdletsToExport      = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('proxy', 'Pester', 'test', 'assertion', 'MultiExit', 'Linux', 'PSEdition_Core')
            LicenseUri   = 'https://opensource.org/license/mit'
            ProjectUri   = 'https://github.com/multiexit/multiexit'
            ReleaseNotes = '0.1.0: the first release. docs/testing-your-configuration.md of MultiExit shows how to use it.'
        }
    }
}
